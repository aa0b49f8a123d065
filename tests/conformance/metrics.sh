#!/usr/bin/env bash
# Figures, events that expire, pods that are collected: metrics.sh BUILD old|new
daemon_flags=(--event-ttl 4s --terminated-pod-gc-threshold 1)
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

for name in a b c; do
  try kubectl run "$name" --image=busybox --image-pull-policy=Never --restart=Never -- true
done
wait_for Succeeded kubectl get pod c -o 'jsonpath={.status.phase}'
try kubectl run stays --image=busybox --image-pull-policy=Never --restart=Never --command -- sh -c 'while :; do sleep 1; done'
wait_for Running kubectl get pod stays -o 'jsonpath={.status.phase}'
try kubectl get pods

try kubectl get --raw /metrics
sees '# TYPE apiserver_request_total counter'
sees 'code="201",component="apiserver",group="",resource="pods",scope="namespace",subresource="",verb="POST",version="v1"'
sees 'apiserver_request_duration_seconds_count{component="apiserver",group="",resource="pods",scope="namespace",subresource="",verb="LIST",version="v1"}'
sees 'kubelet_running_pods 1'
sees 'apiserver_storage_objects{resource="nodes"} 1'
sees 'workqueue_depth{name="pod_garbage"} 1'
sees 'process_resident_memory_bytes'
sees 'podrun_store_commits_total'
# Each line is a comment or a name, labels and a number.
bad=$(grep -Ev '^# (HELP|TYPE) [a-z_]+ .+$|^[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [-+0-9.e]+$' <<<"$seen")
[[ -z $bad ]] || fail "not Prometheus' format: $bad"

# Finished pods beyond one go, the oldest first; events go with time.
wait_for 'c stays' kubectl get pods -o 'jsonpath={.items[*].metadata.name}'
wait_for 'No resources found in default namespace.' kubectl get events
try kubectl get pod stays
sees Running

# Pods of a node that is not there any more.
try kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: lost, finalizers: []}
spec:
  nodeName: elsewhere
  containers: [{name: main, image: busybox}]
YAML
for _ in $(seq 3); do
  sleep 20
  kubectl get pod lost >/dev/null 2>&1 || break
done
wait_for 'Error from server (NotFound): pods "lost" not found' kubectl get pod lost
try kubectl get pod stays
sees Running
try kubectl delete pods --all --now
