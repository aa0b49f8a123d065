#!/usr/bin/env bash
# describe and logs --previous of a pod whose liveness probe fails: describe.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

cat >"$home/pod.yaml" <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: kubia-liveness-pod
  labels: {app: kubia}
  annotations: {note: of the book}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: kubia
    image: luksa/kubia-unhealthy
    imagePullPolicy: IfNotPresent
    resources: {limits: {cpu: 200m, memory: 64Mi}, requests: {cpu: 100m, memory: 32Mi}}
    env: [{name: COLOUR, value: blue}]
    livenessProbe:
      httpGet: {path: /, port: 8080}
      initialDelaySeconds: 1
      periodSeconds: 1
YAML
try kubectl create -f "$home/pod.yaml"
field() { kubectl get pod kubia-liveness-pod -o "jsonpath=$1"; }
wait_for 137 field '{.status.containerStatuses[0].lastState.terminated.exitCode}'
wait_for 1 field '{.status.containerStatuses[0].restartCount}'

# The log of the instance before, which nobody asked to be kept.
try kubectl logs kubia-liveness-pod --previous
sees 'Kubia server starting'

# Once the probe has failed more than once, its event carries a count.
counted() { kubectl get events --field-selector reason=Unhealthy -o 'jsonpath={.items[0].count}' | awk '{print ($1 > 2 ? "yes" : $1)}'; }
wait_for yes counted
try kubectl describe pod kubia-liveness-pod
for line in 'Name: kubia-liveness-pod' 'Namespace: default' 'Priority: 0' 'Node: ' 'Start Time: ' 'Labels: app=kubia' \
  'Annotations: note: of the book' 'Status: Running' 'IP: ' 'Containers:' 'Container ID: podrun://' 'Image: luksa/kubia-unhealthy' \
  'Image ID: ' 'Port: <none>' 'Host Port: <none>' 'State: ' 'Started: ' 'Last State: Terminated' 'Reason: Error' 'Exit Code: 137' \
  'Finished: ' 'Ready: ' 'Restart Count: ' 'Limits:' 'cpu: 200m' 'memory: 64Mi' 'Requests:' 'cpu: 100m' 'memory: 32Mi' \
  'Liveness: http-get http://:8080/ delay=1s timeout=1s period=1s #success=1 #failure=3' 'Environment:' 'COLOUR: blue' 'Mounts:' \
  '/var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-' 'Conditions:' 'Initialized True' 'Ready ' 'ContainersReady ' \
  'PodScheduled True' 'Volumes:' 'QoS Class: Burstable' 'Node-Selectors: <none>' \
  'Tolerations: node.kubernetes.io/not-ready:NoExecute op=Exists for 300s' 'node.kubernetes.io/unreachable:NoExecute op=Exists for 300s' \
  'Events:' 'Successfully assigned default/kubia-liveness-pod to ' 'Liveness probe failed: HTTP probe failed with statuscode: 500' \
  'Container kubia failed liveness probe, will be restarted'; do
  sees "$line"
done
[[ $seen =~ \(x[0-9]+\ over\ [0-9]+[sm] ]] || fail "no count among the events: $seen"

# podrun prints what kubectl does, but for how long ago things were.
if [[ $2 == own ]]; then
  frozen() { sed -E 's/[0-9]+[smh]([0-9]+s)?( |$)/AGE /g; s/ +/ /g'; }
  for _ in $(seq 20); do
    ours=$(kubectl describe pod kubia-liveness-pod | frozen)
    theirs=$("$kubectls/new/kubectl" describe pod kubia-liveness-pod | frozen)
    [[ $ours == "$theirs" ]] && break
  done
  seen=$ours
  is "$theirs"
fi
