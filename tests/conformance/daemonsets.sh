#!/usr/bin/env bash
# DaemonSets, the scheduler and nodes, with a real kubectl: daemonsets.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

node=$(kubectl get nodes -o 'jsonpath={.items[0].metadata.name}')
field() { kubectl get "$1" -o "jsonpath=$2"; }
count() { kubectl get pods -l "$1" --no-headers 2>/dev/null | grep -c .; }
running() { kubectl get pods -l "$1" --no-headers 2>/dev/null | grep -c Running; }
taints() { field "node/$node" '{range .spec.taints[*]}{.key}:{.effect} {end}'; }
scheduled() { field "pod/$1" '{.status.conditions[?(@.type=="PodScheduled")].reason}'; }

# A DaemonSet for nodes with an SSD: there is none.
cat >"$home/ds.yaml" <<'EOF'
apiVersion: apps/v1beta2
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
EOF
try kubectl create -f "$home/ds.yaml"
wait_for 1 field ds/ssd-monitor '{.status.observedGeneration}'
try kubectl get ds
sees 'NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR AGE'
sees 'ssd-monitor 0 0 0 0 0 disk=ssd'
try kubectl get ds -o wide
sees 'CONTAINERS IMAGES SELECTOR'
wait_for 0 count app=ssd-monitor
try field ds/ssd-monitor '{.apiVersion} {.spec.updateStrategy.type} {.spec.updateStrategy.rollingUpdate.maxUnavailable}'
is 'apps/v1 RollingUpdate 1'

# The node gets one, and its pod.
try kubectl label node "$node" disk=ssd
wait_for 1 running app=ssd-monitor
wait_for '1 1 1' field ds/ssd-monitor '{.status.desiredNumberScheduled} {.status.numberAvailable} {.status.updatedNumberScheduled}'
try kubectl describe ds ssd-monitor
sees 'Desired Number of Nodes Scheduled: 1'
sees 'Pods Status: 1 Running / 0 Waiting / 0 Succeeded / 0 Failed'
sees 'SuccessfulCreate'
try kubectl rollout status ds/ssd-monitor
sees 'daemon set "ssd-monitor" successfully rolled out'

# A pod that is deleted comes back.
victim=$(kubectl get pods -l app=ssd-monitor -o 'jsonpath={.items[0].metadata.name}')
try kubectl delete pod "$victim"
wait_for 1 running app=ssd-monitor
try kubectl get pods
[[ $seen != *"$victim"* ]] || fail "$victim is still there"

# Rollouts: a change, its history, and back.
first=$(field ds/ssd-monitor '{.spec.template.spec.containers[0].command[2]}')
try kubectl patch ds ssd-monitor -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","command":["sh","-c","while :; do echo second; sleep 5; done"]}]}}}}'
try kubectl rollout status ds/ssd-monitor --timeout=60s
sees 'successfully rolled out'
try kubectl rollout history ds/ssd-monitor
sees '1 <none>'
sees '2 <none>'
try kubectl rollout history ds/ssd-monitor --revision=1
sees 'SSD OK'
try kubectl rollout undo ds/ssd-monitor
sees 'daemonset.apps/ssd-monitor rolled back'
try kubectl rollout status ds/ssd-monitor --timeout=60s
try field ds/ssd-monitor '{.spec.template.spec.containers[0].command[2]}'
is "$first"
wait_for 1 running app=ssd-monitor
try kubectl rollout history ds/ssd-monitor
sees '3 <none>'
revision() { kubectl get pods -l app=ssd-monitor -o 'jsonpath={.items[0].metadata.labels.controller-revision-hash}'; }
hash=$(revision)
try kubectl rollout restart ds/ssd-monitor
try kubectl rollout status ds/ssd-monitor --timeout=60s
[[ $(revision) != "$hash" ]] || fail "the pod was not replaced"

# The node loses its label, the pod goes.
try kubectl label node "$node" disk=hdd --overwrite
wait_for 0 count app=ssd-monitor
wait_for 0 field ds/ssd-monitor '{.status.desiredNumberScheduled}'
try kubectl label node "$node" disk=ssd --overwrite
wait_for 1 running app=ssd-monitor

# A manifest that is wrong.
cat >"$home/wrong.yaml" <<'EOF'
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: wrong}
spec:
  selector: {matchLabels: {app: a}}
  updateStrategy: {rollingUpdate: {maxSurge: 1}}
  template:
    metadata: {labels: {app: b}}
    spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}
EOF
refused kubectl create -f "$home/wrong.yaml"
# shellcheck disable=SC2016  # the message's own backticks
sees '`selector` does not match template `labels`'
sees 'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'
sees 'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'

# sleeper NAME SPEC CPU: a pod that asks for so much, with a line more of spec.
sleeper() {
  cat >"$home/sleeper.yaml" <<EOF
apiVersion: v1
kind: Pod
metadata: {name: $1, labels: {app: $1}}
spec:
  terminationGracePeriodSeconds: 0
  $2
  containers:
  - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '9999'], resources: {requests: {cpu: $3}}}
EOF
  kubectl create -f "$home/sleeper.yaml"
}

# What asks for more than the node has waits, and says why.
try sleeper big '' 100000m
wait_for Unschedulable scheduled big
try kubectl describe pod big
sees 'FailedScheduling'
sees '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
sees 'node.kubernetes.io/not-ready:NoExecute op=Exists for 300s'
try kubectl get pod big
sees 'Pending'
try kubectl delete pod big
try sleeper picky 'nodeSelector: {gpu: "true"}' 1m
wait_for Unschedulable scheduled picky
try kubectl describe pod picky
sees "1 node(s) didn't match Pod's node affinity/selector"
try kubectl label node "$node" gpu=true
wait_for Running field pod/picky '{.status.phase}'
try kubectl describe pod picky
sees "Successfully assigned default/picky to $node"

# cordon keeps new pods away, and daemons do not mind.
try kubectl cordon "$node"
sees "node/$node cordoned"
try kubectl get nodes
sees 'Ready,SchedulingDisabled'
wait_for 'node.kubernetes.io/unschedulable:NoSchedule ' taints
try sleeper late '' 1m
wait_for Unschedulable scheduled late
try kubectl describe pod late
sees '1 node(s) were unschedulable'
try kubectl uncordon "$node"
sees "node/$node uncordoned"
wait_for Running field pod/late '{.status.phase}'
wait_for '' taints

# Taints.
try kubectl taint nodes "$node" dedicated=gpu:NoSchedule
sees "node/$node tainted"
try sleeper tainted '' 1m
wait_for Unschedulable scheduled tainted
try kubectl describe pod tainted
sees '1 node(s) had untolerated taint {dedicated: gpu}'
try sleeper bearing 'tolerations: [{key: dedicated, operator: Exists}]' 1m
wait_for Running field pod/bearing '{.status.phase}'
try kubectl taint nodes "$node" dedicated-
sees "node/$node untainted"
wait_for Running field pod/tainted '{.status.phase}'

# drain leaves the daemons only.
refused kubectl drain "$node"
sees 'ignore-daemonsets'
try kubectl drain "$node" --ignore-daemonsets --force
sees 'evicting pod default/late'
# kubectl 1.20 says "evicted" of the node.
[[ $seen == *"node/$node drained"* || $seen == *"node/$node evicted"* ]] || fail "not drained: $seen"
wait_for 1 running app=ssd-monitor
for name in late tainted bearing picky; do wait_for 0 count "app=$name"; done
try kubectl uncordon "$node"

# A NoExecute taint drives out what does not bear it; the DaemonSet's pod, too.
try sleeper driven '' 1m
wait_for Running field pod/driven '{.status.phase}'
try kubectl taint nodes "$node" broken=yes:NoExecute
wait_for 0 count app=driven
wait_for 0 count app=ssd-monitor
try kubectl taint nodes "$node" broken-
wait_for 1 running app=ssd-monitor

# Deleted with its pods and revisions.
try kubectl delete ds ssd-monitor
wait_for 0 count app=ssd-monitor
wait_for '' kubectl get controllerrevisions -o name
