#!/usr/bin/env bash
# CronJobs, with both kubectls and podrun's own commands at once, as a minute has to pass:
# cronjobs.sh BUILD own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

field() { kubectl get "$1" -o "jsonpath=$2"; }
own=$kubectl_program
each_client() {
  for kubectl_program in "$kubectls/old/kubectl" "$kubectls/new/kubectl" "$own"; do
    client=$(basename "$(dirname "$kubectl_program")")
    [[ $kubectl_program != "$own" ]] || client=own
    "$@"
  done
  kubectl_program=$own
}
jobs_of() { kubectl get jobs --no-headers 2>/dev/null | awk -v prefix="$1-" 'index($1, prefix) == 1 {print $1}'; }

# The one that has to wait for its minute; it is looked at below.
cat >"$home/every-minute.yaml" <<'YAML'
apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: every-minute}
spec:
  schedule: "* * * * *"
  timeZone: Asia/Tokyo
  successfulJobsHistoryLimit: 1
  startingDeadlineSeconds: 15
  jobTemplate:
    metadata: {annotations: {note: mine}}
    spec:
      template:
        metadata: {labels: {app: periodic}}
        spec:
          restartPolicy: OnFailure
          terminationGracePeriodSeconds: 0
          containers:
          - {name: main, image: busybox, imagePullPolicy: IfNotPresent, command: [sh, -c, echo on time]}
YAML
try kubectl create -f "$home/every-minute.yaml"
sees 'every-minute created'

make_one() {
  local name=yearly-$client job=by-hand-$client from=cronjob
  try kubectl create cronjob "$name" --image=busybox --schedule='0 0 1 1 *' -- echo "hello of $client"
  sees 'cronjob.batch/'"$name"' created'
  try field "cronjob/$name" '{.apiVersion} {.spec.concurrencyPolicy} {.spec.suspend} {.spec.successfulJobsHistoryLimit} {.spec.failedJobsHistoryLimit} {.spec.jobTemplate.spec.template.spec.restartPolicy}'
  sees ' Allow false 3 1 OnFailure'
  try kubectl patch cronjob "$name" -p '{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"name":"'"$name"'","imagePullPolicy":"IfNotPresent"}]}}}}}}'
  try kubectl patch cronjob "$name" --type merge -p '{"spec":{"timeZone":"Asia/Tokyo"}}'
  try field "cronjob/$name" '{.spec.timeZone}'
  is Asia/Tokyo
  try kubectl get cronjob "$name"
  sees 'NAME SCHEDULE'
  sees "$name 0 0 1 1 *"
  sees ' Asia/Tokyo False 0 <none> '
  # Its job, now.
  # kubectl 1.20 knows no CronJob of batch/v1, and has to be told the version that it knows.
  [[ $client != old ]] || from=cronjobs.v1beta1.batch
  try kubectl create job "$job" --from="$from/$name"
  sees "job.batch/$job created"
  try field "job/$job" '{.metadata.annotations.cronjob\.kubernetes\.io/instantiate} {.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}'
  is "manual CronJob $name"
  wait_for 1 field "job/$job" '{.status.succeeded}'
  try kubectl logs "job/$job"
  is "hello of $client"
  # Refused, in Kubernetes' words.
  refused kubectl create cronjob bad --image=busybox --schedule='61 * * * *'
  sees 'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61'
  refused kubectl create cronjob bad --image=busybox --schedule='TZ=UTC * * * * *'
  sees 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
  refused kubectl create job twice --from="cronjob/absent"
  sees 'cronjobs.batch "absent" not found'
  # Gone, with its job.
  try kubectl delete cronjob "$name"
}
each_client make_one
gone() { kubectl get jobs,pods --no-headers 2>/dev/null | grep -c by-hand; }
wait_for 0 gone

refused kubectl patch cronjob every-minute --type merge -p '{"spec":{"timeZone":"Europe/Pariss"}}'
sees 'spec.timeZone: Invalid value: "Europe/Pariss": unknown time zone Europe/Pariss'

# Its minute comes.
has_run() { [[ -n $(jobs_of every-minute) ]] && echo yes; }
for _ in $(seq 700); do
  [[ $(has_run) != yes ]] || break
  sleep 0.1
done
[[ $(has_run) == yes ]] || fail "no job in more than a minute"
try kubectl patch cronjob every-minute -p '{"spec":{"suspend":true}}'
due=$(field cronjob/every-minute '{.status.lastScheduleTime}')
job=every-minute-$(($(date -d "$due" +%s) / 60))
try kubectl get job "$job"
try field "job/$job" '{.metadata.annotations.batch\.kubernetes\.io/cronjob-scheduled-timestamp} {.metadata.annotations.note}'
sees "+09:00 mine"
late=$(($(date -d "$(field "job/$job" '{.metadata.creationTimestamp}')" +%s) - $(date -d "$due" +%s)))
[[ $late -lt 3 ]] || fail "the job is $late s late"
wait_for 1 field "job/$job" '{.status.succeeded}'
try kubectl logs "job/$job"
is 'on time'

look_at_it() {
  wait_for '' field cronjob/every-minute '{.status.active}'
  try kubectl get cronjob every-minute
  sees ' True 0 '
  try kubectl get cj -o wide
  sees 'CONTAINERS IMAGES SELECTOR'
  sees 'main busybox <none>'
  try kubectl describe cronjob every-minute
  sees 'Schedule: * * * * *'
  sees 'Concurrency Policy: Allow'
  sees 'Suspend: True'
  sees 'Starting Deadline Seconds: 15s'
  sees 'Active Jobs: <none>'
  sees "Created job $job"
  sees "Saw completed job: $job, condition: Complete"
}
each_client look_at_it
[[ -n $(field cronjob/every-minute '{.status.lastSuccessfulTime}') ]] || fail 'there is no lastSuccessfulTime'

# What is more than the history goes.
try kubectl patch cronjob every-minute -p '{"spec":{"successfulJobsHistoryLimit":0}}'
wait_for '' jobs_of every-minute
wait_for '' kubectl get pods -l app=periodic -o name

# It survives the daemon's death, and goes when it is deleted.
crash_daemon
try kubectl get cronjobs
sees 'every-minute * * * * * Asia/Tokyo True 0'
try kubectl delete cronjob --all
try kubectl get cronjobs
sees 'No resources found'
