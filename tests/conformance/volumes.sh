#!/usr/bin/env bash
# Volumes of ConfigMaps, Secrets, the downward API and tokens: volumes.sh BUILD old|new
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

in_pod() { kubectl exec reader -c main -- "$@"; }

try kubectl create configmap settings --from-literal=color=green --from-literal=size=3
try kubectl create secret generic login --from-literal=user=eve --from-literal=password=s3cret
try kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: reader
  labels: {app: reader, tier: front}
spec:
  securityContext: {fsGroup: 2000}
  containers:
  - name: main
    image: busybox
    imagePullPolicy: Never
    command: [sh, -c, 'while :; do sleep 1; done']
    resources: {limits: {memory: 64Mi}}
    volumeMounts:
    - {name: settings, mountPath: /settings}
    - {name: settings, mountPath: /one/color, subPath: color}
    - {name: login, mountPath: /login}
    - {name: about, mountPath: /about}
    - {name: all, mountPath: /all}
    - {name: absent, mountPath: /absent}
  volumes:
  - name: settings
    configMap: {name: settings}
  - name: login
    secret:
      secretName: login
      defaultMode: 0400
      items: [{key: user, path: names/user}, {key: password, path: password, mode: 0440}]
  - name: about
    downwardAPI:
      items:
      - {path: labels, fieldRef: {fieldPath: metadata.labels}}
      - {path: memory, resourceFieldRef: {containerName: main, resource: limits.memory}}
  - name: all
    projected:
      sources:
      - configMap: {name: settings, items: [{key: size, path: size}]}
      - secret: {name: login, items: [{key: user, path: user}]}
      - downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}
      - serviceAccountToken: {path: vault, audience: vault, expirationSeconds: 600}
  - name: absent
    configMap: {name: none, optional: true}
YAML
wait_for Running kubectl get pod reader -o 'jsonpath={.status.phase}'

try in_pod cat /settings/color
is green
try in_pod readlink /settings/color
is ..data/color
try in_pod readlink /settings/..data
sees ..20
refused in_pod sh -c 'echo blue >/settings/color'
sees 'Read-only file system'
try in_pod cat /login/names/user
is eve
try in_pod stat -L -c '%a %g' /login/password
is '440 2000'
try in_pod stat -L -c '%a %g' /login/names/user
is '440 2000'
try in_pod grep ' /login ' /proc/mounts
sees tmpfs
try in_pod cat /about/labels
is 'app="reader"
tier="front"'
try in_pod cat /about/memory
is 67108864
try in_pod sh -c 'cat /all/size /all/user /all/name; ls /absent'
is 3evereader

# What changes is seen, but not through a subPath.
try kubectl patch configmap settings -p '{"data":{"color":"red","size":null,"shape":"round"}}'
wait_for red in_pod cat /settings/color
try in_pod ls /settings
is 'color
shape'
try in_pod cat /one/color
is green
try kubectl label pod reader tier=back --overwrite
wait_for 'app="reader"
tier="back"' in_pod cat /about/labels
wait_for "MountVolume.SetUp failed for volume \"all\" : configmap references non-existent config key: size" \
  kubectl get events --field-selector reason=FailedMount -o 'jsonpath={.items[0].message}'
try in_pod cat /all/size
is 3

# The account's token opens the API, as far as it may go.
account=/var/run/secrets/kubernetes.io/serviceaccount
server=$(kubectl config view -o 'jsonpath={.clusters[0].cluster.server}')
try in_pod cat $account/namespace
is default
try in_pod cat $account/token
token=$seen
in_pod cat $account/ca.crt >"$home/ca.crt"
as_pod() {
  KUBECONFIG=/dev/null kubectl --server "$server" --certificate-authority "$home/ca.crt" --token "$1" "${@:2}"
}
try as_pod "$token" get --raw /version
sees gitVersion
refused as_pod "$token" get pods
sees 'User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"'
refused as_pod "${token}x" get --raw /version
sees Unauthorized
try in_pod cat /all/vault
refused as_pod "$seen" get --raw /version
sees Unauthorized
try kubectl create --raw /api/v1/namespaces/default/serviceaccounts/default/token -f - <<<'{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{"expirationSeconds":900}}'
sees '"expirationSeconds":900'
if [[ $2 == new ]]; then
  try kubectl create token default
  try as_pod "$seen" get --raw /version
  sees gitVersion
  refused kubectl create token default --duration 1m
  sees 'may not specify a duration less than 10 minutes'
fi
try kubectl describe pod reader
sees 'Type: Projected (a volume that contains injected data from multiple sources)'
sees 'TokenExpirationSeconds: 3607'
sees 'ConfigMapName: kube-root-ca.crt'

# A pod in the host's network reaches the API itself, as client libraries do in a cluster.
try kubectl create -f - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  hostNetwork: true
  containers:
  - name: main
    image: busybox
    imagePullPolicy: Never
    command: [sh, -c, 'while :; do sleep 1; done']
    env:
    - {name: KUBERNETES_SERVICE_HOST, value: 127.0.0.1}
    - {name: KUBERNETES_SERVICE_PORT, value: "${server##*:}"}
    volumeMounts: [{name: client, mountPath: /kubectl, readOnly: true}]
  volumes: [{name: client, hostPath: {path: $kubectl_program, type: File}}]
YAML
wait_for Running kubectl get pod client -o 'jsonpath={.status.phase}'
try kubectl exec client -- /kubectl get --raw /version
sees gitVersion
refused kubectl exec client -- /kubectl get secrets
sees 'User "system:serviceaccount:default:default" cannot list resource "secrets"'

# Variables are what their sources are at each start of the container.
try kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: variables, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: main
    image: busybox
    imagePullPolicy: Never
    command: [sh, -c, 'echo $COLOR $USER_NAME $POD $APP $LIMIT $cfg_shape; while [ ! -e /stop ]; do sleep 0.1; done; exit 1']
    resources: {limits: {memory: 64Mi}}
    envFrom:
    - {prefix: cfg_, configMapRef: {name: settings}}
    - {secretRef: {name: none, optional: true}}
    env:
    - {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}
    - {name: USER_NAME, valueFrom: {secretKeyRef: {name: login, key: user}}}
    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
    - {name: APP, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
    - {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
    - {name: ABSENT, valueFrom: {configMapKeyRef: {name: settings, key: none, optional: true}}}
YAML
wait_for 'red eve variables web 64 round' kubectl logs variables
try kubectl patch configmap settings -p '{"data":{"color":"blue"}}'
try kubectl label pod variables app=api --overwrite
# shellcheck disable=SC2016  # for the inner shell
try kubectl exec variables -- sh -c 'echo $COLOR; touch /stop'
is red
wait_for 'blue eve variables api 64 round' kubectl logs variables
try kubectl patch configmap settings -p '{"data":{"color":null}}'
try kubectl exec variables -- touch /stop
wait_for CreateContainerConfigError kubectl get pod variables -o 'jsonpath={.status.containerStatuses[0].state.waiting.reason}'
try kubectl get pod variables -o 'jsonpath={.status.containerStatuses[0].state.waiting.message}'
is "couldn't find key color in ConfigMap default/settings"
try kubectl get events --field-selector involvedObject.name=variables,reason=Failed -o 'jsonpath={.items[*].message}'
sees "Error: couldn't find key color in ConfigMap default/settings"
try kubectl patch configmap settings -p '{"data":{"color":"white"}}'
wait_for 'white eve variables api 64 round' kubectl logs variables

# What is missing is waited for, and told.
try kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: waiting}
spec:
  automountServiceAccountToken: false
  containers:
  - name: main
    image: busybox
    imagePullPolicy: Never
    command: [sh, -c, 'echo $(cat /late/key); while :; do sleep 1; done']
    volumeMounts: [{name: late, mountPath: /late}]
  volumes: [{name: late, configMap: {name: late}}]
YAML
wait_for 'MountVolume.SetUp failed for volume "late" : configmap "late" not found' \
  kubectl get events --field-selector involvedObject.name=waiting,reason=FailedMount -o 'jsonpath={.items[0].message}'
try kubectl get pod waiting -o 'jsonpath={.spec.volumes[*].name}'
is late
try kubectl create configmap late --from-literal=key=there
wait_for there kubectl logs waiting

# A pod that is gone takes its token along.
try kubectl delete pod reader --now
refused as_pod "$token" get --raw /version
sees Unauthorized

refused kubectl create -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: {name: wrong}
spec:
  containers: [{name: main, image: busybox}]
  volumes:
  - name: a
    configMap: {name: settings, items: [{key: color, path: ../color}]}
  - name: b
    downwardAPI: {items: [{path: phase, fieldRef: {fieldPath: status.podIP}}]}
  - name: c
    projected:
      sources:
      - secret: {name: login, items: [{key: user, path: same}]}
      - configMap: {name: settings, items: [{key: color, path: same}]}
      - serviceAccountToken: {path: token, expirationSeconds: 60}
YAML
sees "spec.volumes[0].configMap.items[0].path: Invalid value: \"../color\": must not contain '..'"
sees 'spec.volumes[1].downwardAPI.fieldRef.fieldPath: Unsupported value: "status.podIP"'
sees 'spec.volumes[2].projected: Invalid value: "settings": conflicting duplicate paths'
sees 'spec.volumes[2].projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes'
