#!/usr/bin/env bash
# What a Job does about failures and successes by its policies: job_policies.sh BUILD old|new|own
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
start_daemon

field() { kubectl get "$1" -o "jsonpath=$2"; }
condition() { field "job/$1" "{.status.conditions[?(@.type==\"$2\")].$3}"; }
pods_of() { kubectl get pods -l "job-name=$1" -o name | xargs; }
# job NAME COMMAND, further fields of the spec on stdin.
job() {
  {
    printf 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: %s}\nspec:\n' "$1"
    cat
    printf '  template:\n    spec:\n      restartPolicy: Never\n      terminationGracePeriodSeconds: 0\n'
    printf '      containers:\n      - name: main\n        image: busybox\n        imagePullPolicy: IfNotPresent\n'
    printf '        command: [sh, -c, '\''%s'\'']\n' "$2"
  } >"$home/$1.yaml"
  try kubectl create -f "$home/$1.yaml"
}
on_exit() { printf '  podFailurePolicy: {rules: [{action: %s, onExitCodes: {operator: In, values: [%s]}}]}\n' "$1" "$2"; }
on_disruption() {
  printf '  backoffLimit: 0\n'
  printf '  podFailurePolicy: {rules: [{action: %s, onPodConditions: [{type: DisruptionTarget, status: "True"}]}]}\n' "$1"
}
# As a drain does.
evict() {
  local pod
  pod=$(kubectl get pods -l "job-name=$1" -o 'jsonpath={.items[0].metadata.name}')
  try curl -sf --unix-socket "$home/run/podrun.sock" -H 'Content-Type: application/json' \
    -d '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"'"$pod"'"}}' \
    "http://podrun/api/v1/namespaces/default/pods/$pod/eviction"
}
phase_of() { kubectl get pods -l "job-name=$1" -o 'jsonpath={.items[*].status.phase}'; }

# All at once: some wait for a backoff.
job fatal 'exit 42' < <(on_exit FailJob 42)
job ignored 'exit 42' < <(on_exit Ignore 42)
job spared 'sleep 600' < <(on_disruption Ignore)
job doomed 'sleep 600' < <(on_disruption FailJob)
# shellcheck disable=SC2016  # the container's own
job each 'exit $JOB_COMPLETION_INDEX' <<<'  completions: 2
  parallelism: 2
  completionMode: Indexed
  backoffLimitPerIndex: 0'
# shellcheck disable=SC2016
job one-is-enough 'test $JOB_COMPLETION_INDEX = 0 || sleep 600' <<<'  completions: 3
  parallelism: 3
  completionMode: Indexed
  successPolicy: {rules: [{succeededIndexes: "0"}]}'
job deleted 'sleep 600' </dev/null
wait_for Running phase_of spared
wait_for Running phase_of doomed
wait_for Running phase_of deleted
evict spared
evict doomed
first=$(pods_of spared)
try kubectl delete "$(pods_of deleted)"

# A rule that fails the Job, by an exit code and by an eviction.
wait_for PodFailurePolicy condition fatal Failed reason
try condition fatal Failed message
sees 'Container main for pod default/fatal-'
sees 'failed with exit code 42 matching FailJob rule at index 0'
wait_for PodFailurePolicy condition doomed Failed reason
try condition doomed Failed message
sees 'has condition DisruptionTarget matching FailJob rule at index 0'

# By index.
wait_for FailedIndexes condition each Failed reason
try field job/each '{.status.completedIndexes} {.status.failedIndexes}'
is '0 1'
wait_for SuccessPolicy condition one-is-enough Complete reason
try field job/one-is-enough '{.status.succeeded} {.status.completedIndexes}'
is '1 0'

# What is ignored does not count, and is replaced like any failure: not before ten seconds are over.
replaced() { [[ $(phase_of "$1") == *Running && $(pods_of "$1") != "$first" ]] && echo yes; }
try field job/deleted '{.status.failed}'
is 1
is_alone() { [[ $(pods_of "$1" | wc -w) == 1 ]] || fail "replaced at once: $(pods_of "$1")"; }
is_alone ignored
wait_for yes replaced spared
try field job/spared '{.status.failed}'
is ''
wait_for Running phase_of deleted
two() { pods_of "$1" | wc -w; }
wait_for 2 two ignored
try field job/ignored '{.status.failed}'
is ''
