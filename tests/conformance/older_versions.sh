#!/usr/bin/env bash
# Manifests of older API versions, as books and notes have them: older_versions.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

running() { kubectl get pods --no-headers 2>/dev/null | grep -c Running; }
field() { kubectl get "$1" -o "jsonpath=$2"; }
# Their selector comes from the labels of the template; CronJobs and apps/v1beta2 are given theirs.
workload() {
  cat <<END
apiVersion: $1
kind: $2
metadata: {name: $3}
spec:
  ${4:-}
  template:
    metadata: {labels: {app: $3}}
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '1000']}
END
}
cronjob() {
  cat <<END
apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: $1}
spec:
  schedule: "0 0 29 2 *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: main, image: busybox}]
END
}
workload extensions/v1beta1 DaemonSet a >"$home/a.yaml"
workload extensions/v1beta1 Deployment b >"$home/b.yaml"
workload apps/v1beta1 Deployment c >"$home/c.yaml"
workload extensions/v1beta1 ReplicaSet d >"$home/d.yaml"
workload apps/v1beta2 DaemonSet e 'selector: {matchLabels: {app: e}}' >"$home/e.yaml"
workload apps/v1beta2 Deployment f 'selector: {matchLabels: {app: f}}' >"$home/f.yaml"
cronjob g >"$home/g.yaml"
names=(ds/a deploy/b deploy/c rs/d ds/e deploy/f cj/g)
stored=(apps/v1 apps/v1 apps/v1 apps/v1 apps/v1 apps/v1 batch/v1)

# apply makes, finds nothing to do, and changes.
for name in "${names[@]}"; do
  file=$home/${name#*/}.yaml
  try kubectl apply -f "$file"
  sees 'created'
  try kubectl apply -f "$file"
  sees 'unchanged'
  try kubectl annotate -f "$file" seen=yes
  try field "$name" '{.metadata.annotations.seen}'
  is yes
done
for i in "${!names[@]}"; do
  try field "${names[i]}" '{.apiVersion}'
  is "${stored[i]}"
done
for name in ds/a deploy/b deploy/c rs/d; do
  try field "$name" '{.spec.selector.matchLabels.app}'
  is "${name#*/}"
done
# What those versions had by default.
try field ds/a '{.spec.updateStrategy.type}'
is OnDelete
try field ds/e '{.spec.updateStrategy.type}'
is RollingUpdate
try field deploy/b '{.spec.strategy.rollingUpdate.maxUnavailable} {.spec.strategy.rollingUpdate.maxSurge}'
is '1 1'
try field deploy/c '{.spec.strategy.rollingUpdate.maxUnavailable} {.spec.revisionHistoryLimit}'
is '25% 2'
for name in ds/a ds/e; do wait_for 1 field "$name" '{.status.numberReady}'; done
wait_for 1 field rs/d '{.status.readyReplicas}'
for name in b c f; do try kubectl rollout status "deploy/$name" --timeout=30s; done
wait_for 6 running

# replace and delete by the same files; create of what is there.
for name in "${names[@]}"; do
  file=$home/${name#*/}.yaml
  refused kubectl create -f "$file"
  sees AlreadyExists
  try kubectl replace -f "$file"
  sees replaced
  try kubectl delete -f "$file" --wait=false
  sees deleted
done
wait_for '' kubectl get pods -o name
