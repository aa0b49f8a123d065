#!/usr/bin/env bash
# kubectl exec and what is built on it: exec.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

cat >"$home/pod.yaml" <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: first, image: busybox, imagePullPolicy: Never, command: [sh, -c, 'while :; do sleep 1; done'], env: [{name: WHO, value: first}]}
  - {name: second, image: busybox, imagePullPolicy: Never, command: [sh, -c, 'while :; do sleep 1; done'], env: [{name: WHO, value: second}]}
YAML
try kubectl apply -f "$home/pod.yaml"
try kubectl wait --for=condition=ready pod/box --timeout=60s

# Output, containers, exit codes.
try kubectl exec box -c first -- echo hello
is hello
# shellcheck disable=SC2016  # the container's variable
try kubectl exec box -c second -- sh -c 'echo $WHO'
is second
seen=$(kubectl exec box -c first -- sh -c 'echo out; echo err >&2' 2>/dev/null)
is out
seen=$(kubectl exec box -c first -- sh -c 'exit 3' 2>&1)
seen="$? $seen"
is '3 command terminated with exit code 3'
refused kubectl exec box -c first -- no-such-program
sees 'no-such-program'
refused kubectl exec box -c third -- true
sees 'third'

# Input, with its end; input that nobody reads.
seen=$(echo hi | kubectl exec -i box -c first -- cat)
is hi
seen=$(head -c 3000000 /dev/zero | kubectl exec -i box -c first -- sh -c 'exit 4' 2>&1)
seen=$?
is 4

# Ten megabytes each way are the same bytes.
head -c 10000000 /dev/urandom >"$home/bytes"
wanted=$(sha256sum <"$home/bytes")
seen=$(kubectl exec -i box -c first -- sh -c 'cat >/tmp/bytes; sha256sum </tmp/bytes' <"$home/bytes")
is "$wanted"
seen=$(kubectl exec box -c first -- cat /tmp/bytes | sha256sum)
is "$wanted"

# A terminal: the command sees one, of the client's size; carriage returns come back.
seen=$(SHELL=/bin/sh script -qec "stty rows 33 cols 99; $kubectl_program exec -it box -c first -- sh -c 'sleep 1; stty size; exit 5'" /dev/null </dev/null)
seen="$? $seen"
sees '5 '
sees '33 99'

# kubectl cp is tar over exec.
try kubectl cp "$home/pod.yaml" box:/tmp/pod.yaml -c first
try kubectl cp box:/tmp/pod.yaml "$home/copy.yaml" -c first
seen=$(cat "$home/copy.yaml")
is "$(cat "$home/pod.yaml")"
try kubectl delete pod box --now
