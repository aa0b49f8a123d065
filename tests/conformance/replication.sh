#!/usr/bin/env bash
# The classic exercises on replication, with a real kubectl: replication.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

cat >"$home/rc.yaml" <<'EOF'
apiVersion: v1
kind: ReplicationController
metadata: {name: kubia}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: kubia}}
    spec:
      containers:
      - name: kubia
        image: luksa/kubia
        imagePullPolicy: IfNotPresent
        args: [--exit-on-term]
        ports: [{containerPort: 8080}]
EOF
field() { kubectl get "$1" -o "jsonpath=$2"; }
pods() { kubectl get pods -l "$1" -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}' | sort; }
count() { pods "$1" | grep -c .; }
running() {
  kubectl get pods -l "$1" --no-headers 2>/dev/null | grep -c 'Running'
}

# Create: no selector given, it follows from the template's labels.
try kubectl create -f "$home/rc.yaml"
is 'replicationcontroller/kubia created'
wait_for 3 running app=kubia
wait_for '3/3' field rc/kubia '{.status.replicas}/{.status.readyReplicas}'
try field rc/kubia '{.spec.selector.app}'
is kubia
try kubectl get pods --show-labels
sees 'app=kubia'
try kubectl get rc
sees 'DESIRED   CURRENT   READY   AGE'
try kubectl get rc -o wide
sees 'luksa/kubia'
sees 'app=kubia'
try kubectl create -f "$home/rc.yaml" --dry-run=client -o name
refused kubectl create -f "$home/rc.yaml"
sees '(AlreadyExists)'
sees 'replicationcontrollers "kubia" already exists'

# A pod is deleted, and replaced.
victim=$(pods app=kubia | head -n 1)
try kubectl delete pod "$victim"
wait_for 3 running app=kubia
[[ $(pods app=kubia) != *"$victim"* ]] || fail "$victim is still there"
try kubectl describe rc kubia
sees 'Replicas:     3 current / 3 desired'
sees 'Pods Status:  3 Running / 0 Waiting / 0 Succeeded / 0 Failed'
sees 'SuccessfulCreate'
sees 'Created pod: kubia-'

# ownerReferences lead to the controller.
one=$(pods app=kubia | head -n 1)
try field "pod/$one" '{.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}/{.metadata.ownerReferences[0].controller}'
is 'ReplicationController/kubia/true'

# A pod leaves by its label: released and replaced, and it lives on.
try kubectl label pod "$one" type=special
wait_for 3 count app=kubia
refused kubectl label pod "$one" app=foo
sees "'app' already has a value"
try kubectl label pod "$one" app=foo --overwrite
wait_for 3 running app=kubia
wait_for '' field "pod/$one" '{.metadata.ownerReferences}'
wait_for Running field "pod/$one" '{.status.phase}'

# It comes back: one too many, and one goes.
try kubectl label pod "$one" app=kubia --overwrite
wait_for 3 count app=kubia

# A pod of nobody gets a matching label: adopted, which is one too many, and one goes.
try kubectl run stranger --image=luksa/kubia --image-pull-policy=IfNotPresent --restart=Always --labels=app=none -- --exit-on-term
wait_for Running field pod/stranger '{.status.phase}'
try field pod/stranger '{.metadata.ownerReferences}'
is ''
try kubectl label pod stranger app=kubia --overwrite
wait_for 3 count app=kubia
try kubectl describe rc kubia
sees 'SuccessfulDelete'

# Selector and template change together: the pods of old are let go, not ended.
try kubectl patch rc kubia -p '{"spec":{"selector":{"app":null,"tier":"web"},"template":{"metadata":{"labels":{"app":null,"tier":"web"}}}}}'
wait_for 3 running tier=web
wait_for 3 running app=kubia
wait_for '' kubectl get pods -l app=kubia -o 'jsonpath={.items[*].metadata.ownerReferences}'
try kubectl delete pods -l app=kubia --now
try kubectl patch rc kubia -p '{"spec":{"selector":{"tier":null,"app":"kubia"},"template":{"metadata":{"labels":{"tier":null,"app":"kubia"}}}}}'
wait_for 3 running app=kubia
try kubectl delete pods -l tier=web --now

# A template that changes touches no pod; the next one follows it.
before=$(pods app=kubia)
try kubectl patch rc kubia -p '{"spec":{"template":{"metadata":{"labels":{"version":"two"}}}}}'
[[ $(pods app=kubia) == "$before" ]] || fail "a changed template touched a pod"
[[ $(count version=two) -eq 0 ]] || fail "a pod has the new label"
try kubectl delete pod "$(pods app=kubia | head -n 1)"
wait_for 1 running version=two

# Scale, by scale and by edit.
try kubectl scale rc kubia --replicas=10
wait_for 10 running app=kubia
KUBE_EDITOR='sed -i s/replicas:.10/replicas:\ 3/' try kubectl edit rc kubia
sees 'replicationcontroller/kubia edited'
wait_for 3 count app=kubia

# A selector that does not match its template.
sed 's/^spec:/&\n  selector: {app: other}/; s/name: kubia}/name: wrong}/' "$home/rc.yaml" >"$home/wrong.yaml"
refused kubectl create -f "$home/wrong.yaml"
sees 'The ReplicationController "wrong" is invalid: spec.template.metadata.labels: Invalid value: '
refused kubectl patch rc kubia -p '{"spec":{"selector":{"app":"other"}}}'
sees 'spec.template.metadata.labels: Invalid value: '
# shellcheck disable=SC2016  # Kubernetes' quotes
sees '`selector` does not match template `labels`'

# Orphans, adopted by a ReplicaSet.
if [[ $2 == old ]]; then cascade=--cascade=false; else cascade=--cascade=orphan; fi
try kubectl delete rc kubia "$cascade"
wait_for 3 count app=kubia
wait_for '' kubectl get pods -l app=kubia -o 'jsonpath={.items[*].metadata.ownerReferences}'
orphans=$(pods app=kubia)
cat >"$home/rs.yaml" <<'EOF'
apiVersion: apps/v1beta2
kind: ReplicaSet
metadata: {name: kubia}
spec:
  replicas: 3
  selector:
    matchExpressions:
    - {key: app, operator: In, values: [kubia, other]}
    - {key: app, operator: Exists}
    - {key: app, operator: NotIn, values: [foo]}
    - {key: retired, operator: DoesNotExist}
  template:
    metadata: {labels: {app: kubia}}
    spec:
      containers:
      - {name: kubia, image: luksa/kubia, imagePullPolicy: IfNotPresent, args: [--exit-on-term]}
EOF
try kubectl create -f "$home/rs.yaml"
wait_for 3 field rs/kubia '{.status.readyReplicas}'
[[ $(pods app=kubia) == "$orphans" ]] || fail "the orphans were not adopted: $(pods app=kubia)"
try field "pod/$(pods app=kubia | head -n 1)" '{.metadata.ownerReferences[0].kind}'
is ReplicaSet
refused kubectl patch rs kubia -p '{"spec":{"selector":{"matchLabels":{"x":"y"}}}}'
sees 'field is immutable'
try kubectl get rs
sees 'kubia   3         3         3'

# Deleting it takes its pods along.
try kubectl delete rs kubia
wait_for 0 count app=kubia
