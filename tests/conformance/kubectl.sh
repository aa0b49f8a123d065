#!/usr/bin/env bash
# What people do with kubectl besides replication: kubectl.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

# Discovery, versions, documentation.
try kubectl version
sees 'v1.34.0'
try kubectl api-resources
sees 'replicationcontrollers'
try kubectl explain rc.spec.replicas
sees 'replicas'
try kubectl explain pod.spec.containers.livenessProbe.httpGet --recursive
sees 'httpHeaders'
for kind in $(kubectl api-resources --no-headers | awk '{print $1}' | sort -u); do
  try kubectl explain --recursive "$kind"
  sees 'FIELDS:'
done
try kubectl explain pod.spec
sees 'When containers that end are started again: Always (default)'
try kubectl explain pod.spec.containers.livenessProbe
sees 'Says whether the container lives'
try kubectl explain pod.status.containerStatuses.state
sees 'terminated'
for path in healthz readyz livez; do
  try kubectl get --raw /$path
  is ok
done
try kubectl get nodes
sees ' Ready '
refused kubectl get pod nothing
sees 'Error from server (NotFound): pods "nothing" not found'

# Anonymous clients get nothing.
server=$(kubectl config view -o 'jsonpath={.clusters[0].cluster.server}')
refused "$kubectl_program" --kubeconfig=/dev/null --server="$server" --insecure-skip-tls-verify --token=wrong get pods
sees 'Unauthorized'

# Client-side apply, diff, replace, patches.
cat >"$home/config.yaml" <<'EOF'
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue, size: "3"}
EOF
try kubectl apply -f "$home/config.yaml"
is 'configmap/settings created'
try kubectl apply -f "$home/config.yaml"
is 'configmap/settings unchanged'
sed -i 's/blue/red/' "$home/config.yaml"
seen=$(kubectl diff -f "$home/config.yaml" 2>&1)
sees '+  colour: red'
try kubectl apply -f "$home/config.yaml"
is 'configmap/settings configured'
try kubectl get cm settings -o 'jsonpath={.data.colour}'
is red
try kubectl patch cm settings --type=merge -p '{"data":{"size":null}}'
try kubectl patch cm settings --type=json -p '[{"op":"add","path":"/data/shape","value":"round"}]'
try kubectl get cm settings -o 'jsonpath={.data}'
is '{"colour":"red","shape":"round"}'
try kubectl patch cm settings --type=strategic -p '{"data":{"size":"4"},"metadata":{"labels":{"a":"b"}}}'
try kubectl get cm -l a=b -o 'jsonpath={.items[*].data.size}'
is 4
try kubectl replace -f "$home/config.yaml"
try kubectl get cm settings -o 'jsonpath={.data.size}'
is 3

# A watch: what there is, then what happens to it.
kubectl get cm settings -w -o 'jsonpath={.data.size}{"\n"}' >"$home/watched" 2>&1 &
watching=$!
wait_for 3 tail -n 1 "$home/watched"
try kubectl patch cm settings --type=merge -p '{"data":{"size":"5"}}'
wait_for 5 tail -n 1 "$home/watched"
kill "$watching"
wait "$watching" 2>/dev/null
try kubectl replace --force -f "$home/config.yaml"
sees 'configmap "settings" deleted'
sees 'configmap/settings replaced'
try kubectl get cm settings -o 'jsonpath={.data.size}'
is 3

try kubectl create secret generic key --from-literal=password=secret
try kubectl get secret key -o 'jsonpath={.data.password}'
is c2VjcmV0
try kubectl delete cm settings

# A pod: run, wait, logs, describe; its exit code stays.
try kubectl run once --image=busybox --image-pull-policy=Never --restart=Never -- sh -c 'echo hello; exit 3'
wait_for Failed kubectl get pod once -o 'jsonpath={.status.phase}'
try kubectl logs once
is hello
try kubectl describe pod once
sees 'Exit Code:    3'
sees 'Restart Count:  0'
sees 'QoS Class:                   BestEffort'
refused kubectl logs once --previous
sees 'previous terminated container "once" in pod "once" not found'
try kubectl delete pod once

# A pod that runs is resized, without a restart; clients of before 1.32 have no --subresource for it.
cat >"$home/sized.yaml" <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: sized}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    imagePullPolicy: Never
    command: [sleep, "1000"]
    resources: {limits: {cpu: 500m, memory: 64Mi}}
EOF
try kubectl create -f "$home/sized.yaml"
wait_for 500m kubectl get pod sized -o 'jsonpath={.status.containerStatuses[0].resources.limits.cpu}'
wait_for Running kubectl get pod sized -o 'jsonpath={.status.phase}'
try kubectl get pod sized -o json
echo "${seen//'"cpu": "500m"'/'"cpu": "250m"'}" >"$home/sized.json"
refused kubectl replace -f "$home/sized.json"
sees 'pod updates may not change fields other than'
try kubectl get pod sized -o json
echo "${seen//'"cpu": "500m"'/'"cpu": "250m"'}" >"$home/sized.json"
raw=$kubectls/$2/kubectl
[[ $2 != own ]] || raw=$kubectls/new/kubectl
try "$raw" replace --raw /api/v1/namespaces/default/pods/sized/resize -f "$home/sized.json"
wait_for 250m kubectl get pod sized -o 'jsonpath={.status.containerStatuses[0].resources.limits.cpu}'
if [[ $2 != old ]]; then
  resize=(kubectl patch pod sized --subresource resize -p)
  try "${resize[@]}" '{"spec":{"containers":[{"name":"main","resources":{"requests":{"memory":"96Mi"},"limits":{"memory":"96Mi"}}}]}}'
  is 'pod/sized patched'
  wait_for 96Mi kubectl get pod sized -o 'jsonpath={.status.containerStatuses[0].resources.limits.memory}'
  refused "${resize[@]}" '{"spec":{"containers":[{"name":"main","resources":{"requests":{"memory":"1Mi"}}}]}}'
  sees 'Pod QOS Class may not change as a result of resizing'
fi
try kubectl get pod sized -o 'jsonpath={.status.containerStatuses[0].restartCount}'
is 0
wait_for True sh -c "'$kubectl_program' get events | grep -q ResizeCompleted && echo True"
try kubectl delete pod sized

# A bad pod is refused with all that is wrong.
cat >"$home/bad.yaml" <<'EOF'
apiVersion: v1
kind: Pod
metadata: {name: Bad_Name}
spec:
  restartPolicy: Sometimes
  containers: [{name: a}]
EOF
refused kubectl create --validate=false -f "$home/bad.yaml"
sees 'The Pod "Bad_Name" is invalid: '
sees $'\n* metadata.name: Invalid value: "Bad_Name"'
sees $'\n* spec.containers[0].image: Required value'
[[ $2 != own ]] || same_as_kubectl create --validate=false -f "$home/bad.yaml"

# Namespaces: content goes with them.
try kubectl create namespace team
try kubectl run -n team worker --image=busybox --image-pull-policy=Never --restart=Always --command -- sh -c 'while :; do sleep 1; done'
wait_for Running kubectl get pod -n team worker -o 'jsonpath={.status.phase}'
try kubectl get pods -A
sees 'team'
if [[ $2 == own ]]; then
  try "$build/bin/podrun" -n team --socket "$home/run/podrun.sock" get po -o name
  is pod/worker
fi
try kubectl delete pod -n team worker --grace-period=0 --force
try kubectl delete namespace team --timeout=60s
refused kubectl get namespace team
sees 'namespaces "team" not found'

# A deployment rolls out and back.
try kubectl create deployment web --image=luksa/kubia --dry-run=client -o yaml
echo "$seen" | sed 's/image: luksa\/kubia/&\n        imagePullPolicy: IfNotPresent\n        args: [--exit-on-term]/' >"$home/web.yaml"
try kubectl apply -f "$home/web.yaml"
try kubectl rollout status deployment/web --timeout=60s
sees 'successfully rolled out'
try kubectl set env deployment/web VERSION=two
try kubectl rollout status deployment/web --timeout=60s
try kubectl rollout history deployment/web
sees 'REVISION'
try kubectl rollout history deployment/web --revision=2
sees $'VERSION:\ttwo'
[[ $2 != own ]] || is "$("$kubectls/new/kubectl" rollout history deployment/web --revision=2)"
if [[ $2 == own ]]; then
  same_as_kubectl rollout undo deployment/web --dry-run=client
  same_as_kubectl rollout undo deployment/web --to-revision=1 --dry-run=server
fi
if [[ $2 != old ]]; then
  try kubectl logs deployment/web --all-pods
  sees '[pod/web-'
fi
try kubectl rollout restart deployment/web
try kubectl rollout status deployment/web --timeout=60s
try kubectl get deployment web -o yaml
sees 'kubectl.kubernetes.io/restartedAt'
try kubectl rollout undo deployment/web --to-revision=1
try kubectl rollout status deployment/web --timeout=60s
try kubectl get deployment web -o 'jsonpath={.spec.template.spec.containers[0].env}'
is ''
try kubectl rollout pause deployment/web
try kubectl set env deployment/web VERSION=three
try kubectl rollout resume deployment/web
try kubectl rollout status deployment/web --timeout=60s
try kubectl wait --for=condition=available deployment/web --timeout=30s
try kubectl delete deployment web
wait_for 'No resources found in default namespace.' kubectl get rs,pods -l app=web

# What one may do, and who one is.
try kubectl auth can-i create pods
is yes
refused kubectl auth can-i get pods --as=bob
sees no
try kubectl auth can-i --list
sees '*.* [] [] [*]'

# A service gets its address and its node port, and keeps them.
cat >"$home/service.yaml" <<'EOF'
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
EOF
try kubectl apply -f "$home/service.yaml"
try kubectl get service web -o 'jsonpath={.spec.clusterIP}'
sees '10.96.'
address=$seen
try kubectl get service web -o 'jsonpath={.spec.ports[0].nodePort}'
[[ $seen -ge 30000 && $seen -le 32767 ]] || fail "the node port is $seen"
try kubectl label service web tier=front
try kubectl get service web -o 'jsonpath={.spec.clusterIP}'
is "$address"
try kubectl delete service web

# Objects from words.
try kubectl create service clusterip front --tcp=80:8080
sees 'service/front created'
try kubectl get service front -o 'jsonpath={.spec.type} {.spec.ports[0].name} {.spec.ports[0].targetPort}'
is 'ClusterIP 80-8080 8080'
try kubectl delete service front
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=web -keyout "$home/tls.key" -out "$home/tls.crt" 2>/dev/null
try kubectl create secret tls pair --cert="$home/tls.crt" --key="$home/tls.key"
is 'secret/pair created'
try kubectl get secret pair -o 'jsonpath={.type}'
is kubernetes.io/tls
try kubectl create serviceaccount robot
is 'serviceaccount/robot created'
if [[ $2 != old ]]; then
  try kubectl create token robot --duration=10m
  [[ $seen == *.*.* ]] || fail "no token: $seen"
fi
try kubectl delete sa/robot secret/pair

# Forms and pieces of lists; what may be waited for, and how long.
try kubectl get namespaces -o name --chunk-size=1
is "$(kubectl get namespaces -o name)"
if [[ $2 == own ]]; then
  same_as_kubectl get namespaces -o 'jsonpath-as-json={.items[*].metadata.name}'
  same_as_kubectl get namespaces -o 'jsonpath-as-json={.kind} {.items[0].metadata}{range .items[*]}{.metadata.name}{end}'
  same_as_kubectl get namespaces --request-timeout=soon
  refused kubectl logs once --all-pods --local
  # shellcheck disable=SC2016  # podrun's quotes
  sees '--all-pods needs `podrun daemon`'
fi
if [[ $2 != old ]]; then
  try kubectl get namespace default --server-print=false
  sees 'NAME AGE'
  (sleep 1 && kubectl create -f - <<<'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"late","labels":{"when":"late"}}}') >/dev/null &
  try kubectl wait --for=create cm -l when=late --timeout=20s
  is 'configmap/late condition met'
  wait $!
  refused kubectl wait --for=create cm -l when=never --timeout=1s
  is 'error: timed out waiting for the condition'
  refused kubectl wait --for=create cm -l when=never --timeout=0s
  is 'error: timed out waiting for the condition'
  refused kubectl wait --for=create cm/never --timeout=0s
  is 'error: timed out waiting for the condition'
  try kubectl get cm late -w -o name --request-timeout=1s
  is configmap/late
  try kubectl delete cm late
fi

# The API as a person looks at it.
try kubectl get --raw '/readyz?verbose'
sees '[+]ping ok'
sees 'readyz check passed'
try kubectl get --raw /
sees '"/apis/apps/v1"'
