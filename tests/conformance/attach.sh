#!/usr/bin/env bash
# kubectl attach and port-forward: attach.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

cat >"$home/pod.yaml" <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: web, image: luksa/kubia, imagePullPolicy: IfNotPresent}
  - name: talker
    image: busybox
    imagePullPolicy: Never
    command: [sh, -c, 'while [ ! -e /tmp/go ]; do sleep 0.1; done; echo out; echo err >&2; while [ ! -e /tmp/end ]; do sleep 0.1; done; echo last; exit 3']
YAML
try kubectl apply -f "$home/pod.yaml"
try kubectl wait --for=condition=ready pod/web --timeout=60s

# Attached: what is written from now on, on its own stream, until the instance ends.
kubectl attach web -c talker >"$home/out" 2>"$home/err" &
attached=$!
kubectl attach web -c talker >"$home/out2" 2>/dev/null &
second=$!
sleep 1
try kubectl exec web -c talker -- touch /tmp/go
wait_for out grep -x out "$home/out"
wait_for err grep -x err "$home/err"
try kubectl exec web -c talker -- touch /tmp/end
wait "$attached" || fail "attach ended with $?: $(cat "$home/err")"
wait "$second" || fail "the second attach ended with $?"
wait_for last grep -x last "$home/out"
wait_for last grep -x last "$home/out2"
seen=$(grep -c err "$home/out")
is 0
refused kubectl attach web -c third
refused kubectl attach nothing

# A pod that is run, watched, and removed.
seen=$(kubectl run once --image=busybox --image-pull-policy=Never --restart=Never --attach --rm --command -- sh -c 'sleep 1; echo hello; sleep 1' 2>&1)
sees hello
sees 'pod "once" deleted'

# Piped input comes to its end, and the container with it.
seen=$(echo hi | kubectl run piped -i --rm --image=busybox --image-pull-policy=Never --restart=Never -- cat 2>&1)
sees hi
sees 'pod "piped" deleted'

cat >"$home/inputs.yaml" <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: inputs}
spec:
  terminationGracePeriodSeconds: 0
  restartPolicy: OnFailure
  containers:
  - {name: once, image: busybox, imagePullPolicy: Never, stdin: true, stdinOnce: true, command: [sh, -c, 'cat; echo over; exit 3']}
  - {name: shell, image: busybox, imagePullPolicy: Never, stdin: true, tty: true, command: [sh]}
YAML
try kubectl apply -f "$home/inputs.yaml"
try kubectl wait --for=condition=ready pod/inputs --timeout=60s

# stdinOnce: the first client's end is the input's; a new instance has a new input.
once() { kubectl get pod inputs -o 'jsonpath={.status.containerStatuses[?(@.name=="once")].restartCount}'; }
for restarts in 1 2; do
  seen=$(echo "hello $restarts" | kubectl attach -i inputs -c once 2>/dev/null)
  sees "hello $restarts"
  sees over
  wait_for "$restarts" once
  [[ $restarts == 1 ]] && try kubectl wait --for=condition=ready pod/inputs --timeout=60s
done

# on_terminal OUTPUT COMMAND: runs it on a terminal of 33 lines and 99 columns that types what is written to
# descriptor 3; $terminal is its process.
on_terminal() {
  rm -f "$home/keys"
  mkfifo "$home/keys"
  SHELL=/bin/sh script -qefc "stty rows 33 cols 99; $2" /dev/null <"$home/keys" >"$1" 2>&1 &
  terminal=$!
  exec 3>"$home/keys"
}
# types TEXT EXPECTED OUTPUT: until the answer is there (before that, nobody may be attached).
types() {
  checks=$((checks + 1))
  for _ in $(seq 100); do
    printf '%s\n' "$1" >&3
    for _ in 1 2 3; do
      grep -q "$2" "$3" && return 0
      sleep 0.1
    done
  done
  fail "expected \"$2\" in: $(cat "$3")"
}

# A shell on a terminal, of the client's size; two clients see the same; who leaves leaves it running.
on_terminal "$home/tty" "$kubectl_program attach -it inputs -c shell"
types 'stty size' '33 99' "$home/tty"
kubectl attach inputs -c shell >"$home/tty2" 2>/dev/null &
second=$!
# shellcheck disable=SC2016  # the container's shell counts
types 'kept=$((6 * 7)); echo is $kept' 'is 42' "$home/tty2"
grep -q 'is 42' "$home/tty" || wait_for 1 grep -c 'is 42' "$home/tty"
kill "$terminal" "$second"
wait "$terminal" "$second" 2>/dev/null
exec 3>&-
on_terminal "$home/tty" "$kubectl_program attach -it inputs -c shell"
# shellcheck disable=SC2016
types 'echo still $kept' 'still 42' "$home/tty"
printf 'exit\n' >&3
wait "$terminal" || fail "attach ended with $?: $(cat "$home/tty")"
exec 3>&-
try kubectl delete pod inputs --now

# The same in one command, whose exit code is the shell's.
on_terminal "$home/tty" "$kubectl_program run typed -it --rm --image=busybox --image-pull-policy=Never --restart=Never -- sh"
types 'stty size' '33 99' "$home/tty"
printf 'exit 5\n' >&3
wait "$terminal"
seen=$?
is 5
exec 3>&-
seen=$(cat "$home/tty")
sees 'pod "typed" deleted'

# get_page PORT [PATH]: without curl, which a machine need not have.
get_page() {
  python3 - "$1" <<'PY'
import sys, urllib.request
print(urllib.request.urlopen("http://127.0.0.1:%s/" % sys.argv[1], timeout=20).read().decode().strip())
PY
}

# A server on the pod's loopback: its own name, many connections at a time.
kubectl port-forward pod/web :8080 >"$home/forward" 2>"$home/forward.err" &
forward=$!
for _ in $(seq 100); do
  grep -q Forwarding "$home/forward" && break
  sleep 0.1
done
port=$(sed -n 's/.*127.0.0.1:\([0-9]*\) ->.*/\1/p' "$home/forward" | head -n 1)
[[ -n $port ]] || fail "no port: $(cat "$home/forward" "$home/forward.err")"
try get_page "$port"
sees "You've hit web"
for i in $(seq 20); do get_page "$port" >"$home/page$i" 2>&1 & pages[i]=$!; done
for i in $(seq 20); do wait "${pages[i]}"; done
seen=$(cat "$home"/page* | sort | uniq -c)
sees "20 You've hit web"
kill "$forward"
wait "$forward" 2>/dev/null

# Two megabytes each way, with both ends of the connection closed in turn.
cat >"$home/echo.py" <<'PY'
import hashlib, os, socket, sys, threading
data = os.urandom(2 << 20)
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
def send():
    peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
back = b""
while True:
    part = peer.recv(65536)
    if not part: break
    back += part
print("same" if back == data else "%d bytes of %d" % (len(back), len(data)))
PY
cat >"$home/echo.yaml" <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: echo}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: main, image: busybox, imagePullPolicy: Never, command: [nc, -ll, -p, "7000", -e, cat]}
YAML
try kubectl apply -f "$home/echo.yaml"
try kubectl wait --for=condition=ready pod/echo --timeout=60s
kubectl port-forward pod/echo :7000 :7001 >"$home/forward" 2>"$home/forward.err" &
forward=$!
for _ in $(seq 100); do
  [[ $(grep -c 'Forwarding from 127' "$home/forward") == 2 ]] && break
  sleep 0.1
done
port=$(sed -n 's/.*127.0.0.1:\([0-9]*\) -> 7000/\1/p' "$home/forward")
try python3 "$home/echo.py" "$port"
is same
try python3 "$home/echo.py" "$port"
is same

# A port that nobody listens on.
port=$(sed -n 's/.*127.0.0.1:\([0-9]*\) -> 7001/\1/p' "$home/forward")
refused get_page "$port"
wait_for 1 grep -c 'failed to connect to localhost:7001' "$home/forward.err"
seen=$(cat "$home/forward.err")
sees 'connection refused'
kill "$forward" 2>/dev/null
wait "$forward" 2>/dev/null
try kubectl delete pod web echo --now
