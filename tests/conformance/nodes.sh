#!/usr/bin/env bash
# Several nodes on one machine, one of which fails, with a real kubectl: nodes.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
daemon_flags=(--node-monitor-grace-period 4s --default-not-ready-toleration-seconds 1
  --default-unreachable-toleration-seconds 1)
start_daemon

podrun() { "$build/bin/podrun" "$@" --socket "$home/run/podrun.sock"; }
field() { kubectl get "$1" -o "jsonpath=$2"; }
running() { kubectl get pods -l "$1" --no-headers 2>/dev/null | grep -c Running; }
running_on() { kubectl get pods -l "$1" -o wide --no-headers 2>/dev/null | grep Running | grep -c " $2 "; }
ready() { field "node/$1" '{.status.conditions[?(@.type=="Ready")].status}'; }
pods_on() { kubectl get pods --field-selector "spec.nodeName=$1" --no-headers 2>/dev/null | grep -c .; }

try podrun node add two three --labels zone=b
is $'node/two added\nnode/three added'
try kubectl get nodes -l zone=b
sees 'two Ready <none>'
sees 'three Ready <none>'
try kubectl describe node two
sees 'zone=b'
sees 'kubernetes.io/hostname=two'
refused podrun node add two
sees 'already exists'

# One that is smaller than the machine.
try podrun node add small --cpus 1 --memory 512Mi
is 'node/small added'
try field node/small '{.status.allocatable.cpu} {.status.allocatable.memory}'
is '1 524288Ki'
try podrun node remove small
is 'node/small removed'
refused kubectl get node small
sees 'nodes "small" not found'

# A DaemonSet for nodes with an SSD: none; label one: a pod there; relabel: none.
cat >"$home/ds.yaml" <<'END'
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ssd-monitor}
spec:
  selector: {matchLabels: {app: ssd-monitor}}
  template:
    metadata: {labels: {app: ssd-monitor}}
    spec:
      nodeSelector: {disk: ssd}
      terminationGracePeriodSeconds: 0
      containers:
      - name: main
        image: busybox
        imagePullPolicy: IfNotPresent
        command: [sh, -c, 'while :; do echo SSD OK; sleep 5; done']
END
try kubectl create -f "$home/ds.yaml"
wait_for 1 field ds/ssd-monitor '{.status.observedGeneration}'
wait_for 0 running app=ssd-monitor
try kubectl label node two disk=ssd
wait_for 1 running_on app=ssd-monitor two
try kubectl label node three disk=ssd
wait_for 2 running app=ssd-monitor
wait_for 1 running_on app=ssd-monitor three
pod=$(kubectl get pods -l app=ssd-monitor --field-selector spec.nodeName=two -o 'jsonpath={.items[0].metadata.name}')
wait_for 'SSD OK' kubectl logs "$pod" --tail=1
try kubectl exec "$pod" -- echo inside
sees inside
try kubectl label node two disk=hdd --overwrite
wait_for 0 running_on app=ssd-monitor two
try kubectl label node three disk-
wait_for 0 running app=ssd-monitor
try kubectl delete ds ssd-monitor

# An RC of five loses a node, and gets its pods elsewhere.
cat >"$home/rc.yaml" <<'END'
apiVersion: v1
kind: ReplicationController
metadata: {name: five}
spec:
  replicas: 5
  selector: {app: five}
  template:
    metadata: {labels: {app: five}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '100000']}
END
try kubectl create -f "$home/rc.yaml"
wait_for 5 field rc/five '{.status.readyReplicas}'
lost=$(pods_on two)
[[ $lost -gt 0 ]] || fail "no pod on node two"
pod=$(kubectl get pods --field-selector spec.nodeName=two -o 'jsonpath={.items[0].metadata.name}')
try podrun node partition two
is 'node/two partitioned'
wait_for Unknown ready two
try kubectl get nodes
sees 'two NotReady'
refused kubectl logs "$pod"
sees 'partitioned'
wait_for 5 field rc/five '{.status.readyReplicas}'
wait_for "$lost" sh -c "'$kubectl_program' get pods --no-headers | grep -c Terminating"
wait_for $((5 + lost)) sh -c "'$kubectl_program' get pods --no-headers | grep -c ."
try podrun node heal two
wait_for True ready two
wait_for 5 sh -c "'$kubectl_program' get pods --no-headers | grep -c ."
refused kubectl get pod "$pod"
sees NotFound
wait_for '' ls "$home/run/nodes/two/pods"

# An agent that is killed comes back and finds its pods: nothing is lost.
agent_of() { pgrep -f "podrun-agent agent $home/data/nodes/$1/"; }
pods_before=$(kubectl get pods -o name | sort)
killed=$(agent_of two)
kill -9 "$killed"
wait_for true sh -c "pgrep -f 'podrun-agent agent $home/data/nodes/two/' | grep -qvx $killed && echo true"
wait_for True ready two
wait_for 5 field rc/five '{.status.readyReplicas}'
[[ $(kubectl get pods -o name | sort) == "$pods_before" ]] || fail "pods were lost with the agent"

# One that hangs is as good as gone, until it goes on.
lost=$(pods_on three)
hung=$(agent_of three)
kill -STOP "$hung"
wait_for Unknown ready three
wait_for 5 field rc/five '{.status.readyReplicas}'
wait_for "$lost" sh -c "'$kubectl_program' get pods --no-headers | grep -c Terminating"
kill -CONT "$hung"
wait_for True ready three
wait_for 5 sh -c "'$kubectl_program' get pods --no-headers | grep -c ."
wait_for '' ls "$home/run/nodes/three/pods"
[[ $(agent_of three) == "$hung" ]] || fail "another agent of node three"

# Drained and removed, nothing runs there; the rest does.
try kubectl drain three --force --ignore-daemonsets
wait_for 0 pods_on three
wait_for 5 field rc/five '{.status.readyReplicas}'
try podrun node remove three two
is $'node/three removed\nnode/two removed'
refused kubectl get node two
sees 'nodes "two" not found'
wait_for 5 field rc/five '{.status.readyReplicas}'
wait_for '' pgrep -f "podrun-agent agent $home"
wait_for '' ls "$home/data/nodes"
