#!/usr/bin/env bash
# Jobs, with a real kubectl: jobs.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

field() { kubectl get "$1" -o "jsonpath=$2"; }
phases() { kubectl get pods -l "job-name=$1" --no-headers 2>/dev/null | awk '{print $3}' | sort | uniq -c | xargs; }
# job NAME COMMAND, further fields of the spec on stdin.
job() {
  {
    printf 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: %s}\nspec:\n' "$1"
    cat
    printf '  template:\n    spec:\n      restartPolicy: Never\n      terminationGracePeriodSeconds: 0\n'
    printf '      containers:\n      - name: main\n        image: busybox\n        imagePullPolicy: IfNotPresent\n'
    printf '        command: [sh, -c, "%s"]\n' "$2"
  } >"$home/$1.yaml"
  try kubectl create -f "$home/$1.yaml"
}

# It runs, completes, and its pod's log stays.
job batch-job 'echo finished' </dev/null
wait_for Complete field job/batch-job '{.status.conditions[?(@.type=="Complete")].type}'
try field job/batch-job '{.status.succeeded} {.spec.completions} {.spec.parallelism} {.spec.backoffLimit}'
is '1 1 1 6'
try kubectl logs job/batch-job
is finished
wait_for '1 Completed' phases batch-job
try kubectl get job batch-job
sees 'COMPLETIONS DURATION AGE'
sees 'batch-job'
sees '1/1'
try kubectl describe job batch-job
sees 'Pods Statuses: 0 Active'
sees 'SuccessfulCreate'
sees 'Job completed'
try kubectl wait --for=condition=complete job/batch-job --timeout=5s

# What a Job is may not change.
refused kubectl patch job batch-job -p '{"spec":{"completions":3}}'
sees 'spec.completions: Invalid value: 3: field is immutable'
sed 's/restartPolicy: Never/restartPolicy: Always/; s/batch-job/always/' "$home/batch-job.yaml" >"$home/always.yaml"
refused kubectl create -f "$home/always.yaml"
sees 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'

# Five, one after another and then two at a time.
job multi 'sleep 0.3' <<<'  completions: 5'
try kubectl patch job multi -p '{"spec":{"parallelism":2}}'
wait_for 5 field job/multi '{.status.succeeded}'
wait_for '5 Completed' phases multi

# It fails, at once where it may not try again.
job failing 'exit 3' <<<'  backoffLimit: 0'
wait_for BackoffLimitExceeded field job/failing '{.status.conditions[?(@.type=="Failed")].reason}'
try field job/failing '{.status.failed}'
is 1
try kubectl describe job failing
sees 'Job has reached the specified backoff limit'

# It takes too long.
job slow 'sleep 600' <<<'  activeDeadlineSeconds: 1'
wait_for DeadlineExceeded field job/slow '{.status.conditions[?(@.type=="Failed")].reason}'
wait_for '' phases slow

# Suspended and resumed.
job later 'true' <<<'  suspend: true'
wait_for True field job/later '{.status.conditions[?(@.type=="Suspended")].status}'
try phases later
is ''
try kubectl patch job later -p '{"spec":{"suspend":false}}'
wait_for 1 field job/later '{.status.succeeded}'

# Each index once; its number is in the environment and in the pod's name.
job indexed 'echo index $JOB_COMPLETION_INDEX' <<<'  completions: 3
  parallelism: 3
  completionMode: Indexed'
wait_for 0-2 field job/indexed '{.status.completedIndexes}'
second=$(kubectl get pods -l job-name=indexed -o name | grep indexed-2-)
try kubectl logs "$second"
is 'index 2'

# Its time to live passes, and its pods go with it.
job short true <<<'  ttlSecondsAfterFinished: 1'
gone() { kubectl get "job/$1" --ignore-not-found; kubectl get pods -l "job-name=$1" --ignore-not-found -o name; }
wait_for '' gone short

# Deleted with its pods; or without them.
try kubectl delete job multi
wait_for '' phases multi
try kubectl delete job failing --cascade=orphan
wait_for '1 Error' phases failing
