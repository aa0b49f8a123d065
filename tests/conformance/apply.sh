#!/usr/bin/env bash
# Server-side apply and who owns which fields: apply.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
which=$2
start_daemon

# managers NAME: who owns fields of the object, by operation and name.
show=()
# kubectl hides them since 1.21.
[[ $which == old ]] || show=(--show-managed-fields)
managers() {
  kubectl get "$1" "${show[@]}" -o 'jsonpath={range .metadata.managedFields[*]}{.operation}:{.manager}/{.subresource} {end}'
}

cat >"$home/config.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, size: "3"}
YAML
try kubectl apply --server-side -f "$home/config.yaml"
is 'configmap/settings serverside-applied'
try managers configmap/settings
sees 'Apply:kubectl/'
try kubectl get cm settings -o 'jsonpath={.metadata.resourceVersion}'
version=$seen
try kubectl apply --server-side -f "$home/config.yaml"
try kubectl get cm settings -o 'jsonpath={.metadata.resourceVersion}'
is "$version"

# Another manager: conflict, force, and what the first has lost.
sed 's/blue/red/' "$home/config.yaml" >"$home/red.yaml"
refused kubectl apply --server-side --field-manager=painter -f "$home/red.yaml"
sees 'Apply failed with 1 conflict: conflict with "kubectl": .data.colour'
try kubectl apply --server-side --field-manager=painter --force-conflicts -f "$home/red.yaml"
try kubectl get cm settings -o 'jsonpath={.data.colour}'
is red
refused kubectl apply --server-side -f "$home/config.yaml"
sees 'conflict with "painter": .data.colour'

# A field that is applied no more goes, unless somebody else has it.
cat >"$home/less.yaml" <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {shape: round}
YAML
try kubectl apply --server-side -f "$home/less.yaml"
try kubectl get cm settings -o 'jsonpath={.data.colour}{.data.shape}{.data.size}'
is redround3
try kubectl apply --server-side --field-manager=painter -f "$home/less.yaml"
try kubectl get cm settings -o 'jsonpath={.data.colour}{.data.shape}{.data.size}'
is round

# diff and dry runs change nothing.
sed 's/round/square/' "$home/less.yaml" >"$home/square.yaml"
seen=$(kubectl diff --server-side --field-manager=kubectl --force-conflicts -f "$home/square.yaml" 2>&1)
seen="$? $seen"
sees '1 '
sees '+ shape: square'
try kubectl apply --server-side --dry-run=server --force-conflicts -f "$home/square.yaml"
sees 'serverside-applied (server dry run)'
try kubectl get cm settings -o 'jsonpath={.data.shape}'
is round
try kubectl diff --server-side --field-manager=kubectl -f "$home/less.yaml"

# What was applied on the client's side goes on on the server's.
cat >"$home/web.yaml" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: main, image: busybox, imagePullPolicy: Never, env: [{name: A, value: "1"}, {name: B, value: "2"}]}
YAML
try kubectl apply -f "$home/web.yaml"
try managers deployment/web
sees 'Update:kubectl-client-side-apply/'
sed -i '/env:/s/, {name: B, value: "2"}/, {name: C, value: "3"}/' "$home/web.yaml"
try kubectl apply --server-side -f "$home/web.yaml"
try managers deployment/web
sees 'Apply:kubectl/'
if [[ $which != old ]]; then
  # It hands its own older fields over: what is no longer applied is gone.
  [[ $seen != *kubectl-client-side-apply* ]] || fail "not migrated: $seen"
fi
try kubectl get deployment web -o 'jsonpath={.spec.template.spec.containers[0].env[*].name}'
sees 'A'
sees 'C'
sed -i '/env:/s/, {name: C, value: "3"}//' "$home/web.yaml"
try kubectl apply --server-side -f "$home/web.yaml"
try kubectl get deployment web -o 'jsonpath={.spec.template.spec.containers[0].env[*].name}'
[[ $seen != *C* ]] || fail "C is still there: $seen"

# Scaling takes the replicas.
try kubectl scale deployment web --replicas=0
try kubectl scale deployment web --replicas=2
try managers deployment/web
sees '/scale'
refused kubectl apply --server-side -f "$home/web.yaml"
sees 'with subresource "scale" using apps/v1'
sees '.spec.replicas'
sed -i '/replicas:/d' "$home/web.yaml"
try kubectl apply --server-side -f "$home/web.yaml"
try kubectl get deployment web -o 'jsonpath={.spec.replicas}'
is 2

# Other clients of fields.
try kubectl label cm settings team=a
try kubectl annotate cm settings note=b
try kubectl patch cm settings -p '{"data":{"x":"1"}}'
try managers configmap/settings
sees 'Update:kubectl-label/'
sees 'Update:kubectl-annotate/'
sees 'Update:kubectl-patch/'
if [[ $which != old ]]; then
  try kubectl get cm settings -o yaml
  [[ $seen != *managedFields* ]] || fail "managedFields are shown: $seen"
  try kubectl get cm settings -o yaml --show-managed-fields
  sees 'f:shape: {}'
  refused kubectl apply --server-side -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"dota":{}}'
  sees '.dota: field not declared in schema'
fi

# A Job moves from the client's apply to the server's: what it was given is in no manifest.
cat >"$home/job.yaml" <<'EOF'
apiVersion: batch/v1
kind: Job
metadata: {name: moved}
spec:
  suspend: true
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox}]}}
EOF
try kubectl apply -f "$home/job.yaml"
for _ in 1 2; do
  try kubectl apply --server-side -f "$home/job.yaml"
  is 'job.batch/moved serverside-applied'
done
try kubectl get job moved -o 'jsonpath={.metadata.annotations}'
sees 'last-applied-configuration'
try kubectl delete job moved
try kubectl create -f - --dry-run=server -o yaml <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"b"}}'
try kubectl delete deployment web
try kubectl delete cm settings
