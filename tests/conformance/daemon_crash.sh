#!/usr/bin/env bash
# The daemon is killed under its pods: daemon_crash.sh BUILD old|new
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

cat >"$home/pods.yaml" <<'EOF'
apiVersion: v1
kind: ReplicationController
metadata: {name: steady}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: steady}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: main, image: busybox, imagePullPolicy: Never, command: [sh, -c, "i=0; while :; do echo line $i; i=$((i+1)); sleep 0.1; done"]}
---
apiVersion: v1
kind: Pod
metadata: {name: once}
spec:
  restartPolicy: Never
  containers:
  - {name: main, image: busybox, imagePullPolicy: Never, command: [sh, -c, "sleep 3; echo done; exit 7"]}
EOF
ids() { kubectl get pods -l app=steady -o 'jsonpath={range .items[*]}{.metadata.name}/{.status.containerStatuses[0].containerID}/{.status.containerStatuses[0].restartCount}{"\n"}{end}' | sort; }
ready() { kubectl get rc steady -o 'jsonpath={.status.readyReplicas}'; }

try kubectl create -f "$home/pods.yaml"
wait_for 3 ready
before=$(ids)
for _ in 1 2 3; do
  crash_daemon
  [[ $(ids) == "$before" ]] || fail "the containers are not those of before: $(ids)"
done
# What ended while nobody served is told afterwards.
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null
sleep 4
rm -f "$home/run/podrun.sock"
run_daemon
wait_for 'Failed/7' kubectl get pod once -o 'jsonpath={.status.phase}/{.status.containerStatuses[0].state.terminated.exitCode}'
try kubectl logs once
is 'done'
# No line of a log is lost: they count up without a gap.
one=$(kubectl get pods -l app=steady -o 'jsonpath={.items[0].metadata.name}')
kubectl logs "$one" | awk '{if ($2 != NR - 1) exit 1}' || fail "the log has a gap"
checks=$((checks + 1))
# Writes that were acknowledged survive; what was asked for happens.
try kubectl scale rc steady --replicas=5
crash_daemon
wait_for 5 ready
# A dead supervisor: the pod is made again.
victim=$(kubectl get pods -l app=steady -o 'jsonpath={.items[0].metadata.name}')
uid=$(kubectl get pod "$victim" -o 'jsonpath={.metadata.uid}')
pkill -KILL -f "podrun-pod.*$uid"
wait_for 1 sh -c "$kubectl_program get events --field-selector reason=SandboxChanged,involvedObject.name=$victim --no-headers 2>/dev/null | wc -l"
wait_for 5 ready
[[ $(kubectl get pod "$victim" -o 'jsonpath={.metadata.uid}') == "$uid" ]] || fail "$victim is another pod"
