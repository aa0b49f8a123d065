#!/usr/bin/env bash
# Jobs, with a real kubectl: jobs.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

field() { kubectl get "$1" -o "jsonpath=$2"; }
phases() { kubectl get pods -l "job-name=$1" --no-headers 2>/dev/null | awk '{print $3}' | sort | uniq -c | xargs; }
running() { kubectl get pods -l "job-name=$1" --no-headers 2>/dev/null | grep -c Running; }
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
try kubectl get jobs
sees 'NAME STATUS COMPLETIONS DURATION AGE'
sees 'batch-job Complete 1/1'
try kubectl get job batch-job -o wide
sees 'CONTAINERS IMAGES SELECTOR'
sees 'main busybox batch.kubernetes.io/controller-uid='
try kubectl describe job batch-job
# kubectl 1.20 calls them running.
[[ $seen =~ 'Pods Statuses:'\ +0\ (Active\ \(0\ Ready\)|Running)\ /\ 1\ Succeeded ]] || fail "no statuses: $seen"
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
job multi 'sleep 2' <<<'  completions: 5'
wait_for 2 field job/multi '{.status.succeeded}'
try phases multi
[[ $seen == '2 Completed'* && $(kubectl get pods -l job-name=multi --no-headers | grep -c .) == [23] ]] ||
  fail "not one after another: $seen"
try kubectl patch job multi -p '{"spec":{"parallelism":2}}'
wait_for 2 running multi
wait_for 5 field job/multi '{.status.succeeded}'
wait_for '5 Completed' phases multi
try kubectl get pods --field-selector status.phase=Succeeded -l job-name=multi --no-headers
[[ $(grep -c . <<<"$seen") == 5 ]] || fail "not five pods: $seen"

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
job paused 'sleep 1' <<<'  completions: 2'
wait_for '1 Running' phases paused
try kubectl patch job paused -p '{"spec":{"suspend":true}}'
wait_for '' phases paused
try kubectl get job paused
sees 'paused Suspended 0/2'
try kubectl patch job paused -p '{"spec":{"suspend":false}}'
wait_for 2 field job/paused '{.status.succeeded}'
try field job/paused '{.status.failed}'
is ''
try kubectl describe job paused
sees 'Job suspended'
sees 'Job resumed'

# Each index once; its number is in the environment and in the pod's name.
# shellcheck disable=SC2016  # the container's own
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

# From words.
try kubectl create job words --image=busybox --dry-run=client -o yaml -- echo 'made of words'
sees 'restartPolicy: Never'
sed -E 's/^( *)image: busybox$/&\n\1imagePullPolicy: Never/; s/^( *)- image: busybox$/&\n\1  imagePullPolicy: Never/' <<<"$seen" >"$home/words.yaml"
try kubectl create -f "$home/words.yaml"
wait_for 1 field job/words '{.status.succeeded}'
try kubectl logs job/words
is 'made of words'
refused kubectl create job words

# podrun's own commands print what kubectl does, but for how long ago things were.
if [[ $2 == own ]]; then
  frozen() { sed -E 's/[0-9]+[smh]([0-9]+s)?( |$)/AGE /g; s/ +/ /g'; }
  for what in 'get jobs' 'get jobs -o wide' 'describe job'; do
    # shellcheck disable=SC2086  # words
    ours=$(kubectl $what | frozen) theirs=$("$kubectls/new/kubectl" $what | frozen)
    [[ $ours == "$theirs" ]] || fail "$what: $(diff <(echo "$theirs") <(echo "$ours"))"
    checks=$((checks + 1))
  done
fi

# Deleted with its pods; or without them.
try kubectl delete job multi
wait_for '' phases multi
try kubectl delete job failing --cascade=orphan
wait_for '1 Error' phases failing
