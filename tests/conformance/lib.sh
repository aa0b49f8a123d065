# shellcheck shell=bash
# For conformance scripts: a daemon of their own, kubectl on it, and checks that say what they saw.
# A script sources this with $1 the build folder and $2 "old", "new" or "own" (podrun's own commands), then
# calls start_daemon; daemon_flags, if set, are more flags of its daemon.
set -uo pipefail

build=$(cd "$1" && pwd)
kubectls=$("$(dirname "${BASH_SOURCE[0]}")/fetch-kubectl") || exit 1
kubectl_program=$kubectls/$2/kubectl
home=$(mktemp -d "${TMPDIR:-/tmp}/podrun-conformance-XXXXXX")
if [[ $2 == own ]]; then
  kubectl_program=$home/kubectl
  cat >"$kubectl_program" <<EOF
#!/usr/bin/env bash
# What podrun does not have is the current kubectl's; \`podrun run\` is something else than its run.
export PODRUN_SOCKET=$home/run/podrun.sock
case \${1:-} in
  annotate | apply | attach | create | delete | describe | edit | events | exec | get | label | logs | patch | replace | rollout | scale | taint | top | wait)
    exec $build/bin/podrun "\$@" ;;
  cordon | uncordon | drain) exec $build/bin/podrun node "\$@" ;;
  *) exec $kubectls/new/kubectl "\$@" ;;
esac
EOF
  chmod 755 "$kubectl_program"
fi
daemon=''
checks=0
declare -a daemon_flags
export KUBECONFIG=$home/data/kubeconfig HOME=$home TZ=UTC

kubectl() { "$kubectl_program" "$@"; }
fail() {
  echo "FAILED: $*"
  echo "--- the daemon's output:"
  tail -n 20 "$home/daemon.log"
  echo "--- what there is:"
  kubectl get all,events -A 2>&1 | tail -n 40
  exit 1
}

# try: runs a command, whose output is in $seen, and fails where it does.
try() {
  seen=$("$@" 2>&1) || fail "$* said: $seen"
}
# refused: the same for a command that must fail.
refused() {
  if seen=$("$@" 2>&1); then fail "$* should have been refused, but said: $seen"; fi
}
# sees TEXT: the last command's output has the text; how far columns are apart is the client's affair.
sees() {
  checks=$((checks + 1))
  [[ $(tr -s ' ' <<<"$seen") == *"$(tr -s ' ' <<<"$1")"* ]] || fail "expected \"$1\" in: $seen"
}
is() {
  checks=$((checks + 1))
  [[ $seen == "$1" ]] || fail "expected \"$1\", got: $seen"
}
# same_as_kubectl ARG...: podrun's own commands print, byte for byte, what the current kubectl does.
same_as_kubectl() {
  seen=$(kubectl "$@" 2>&1)
  is "$("$kubectls/new/kubectl" "$@" 2>&1)"
}
# wait_for TEXT COMMAND...: until the command's output is just the text; a hang fails.
wait_for() {
  local wanted=$1
  shift
  checks=$((checks + 1))
  for _ in $(seq 300); do
    seen=$("$@" 2>&1)
    [[ $seen == "$wanted" ]] && return 0
    sleep 0.1
  done
  fail "waited for \"$wanted\" of $*, last saw: $seen"
}

run_daemon() {
  "$build/bin/podrun" daemon --data-dir "$home/data" --run-dir "$home/run" --log-dir "$home/logs" \
    --port 0 "${daemon_flags[@]}" >>"$home/daemon.log" 2>&1 &
  daemon=$!
  for _ in $(seq 300); do
    [[ -S $home/run/podrun.sock ]] && kubectl get --raw /readyz >/dev/null 2>&1 && return 0
    kill -0 "$daemon" 2>/dev/null || fail "the daemon did not start"
    sleep 0.1
  done
  fail "the daemon is not ready"
}

start_daemon() {
  local image
  trap stop_all EXIT
  : >"$home/daemon.log"
  for image in busybox kubia kubia-unhealthy; do
    "$build/bin/podrun" image import -q --data-dir "$home/data" "$build/images/$image.tar" >/dev/null ||
      { echo "cannot import $image" && exit 1; }
  done
  run_daemon
}

# kill -9 and a new one: what runs must go on.
crash_daemon() {
  kill -KILL "$daemon"
  wait "$daemon" 2>/dev/null
  rm -f "$home/run/podrun.sock"
  run_daemon
}

# Nothing of this script may be left: no supervisor, no container, no cgroup, no pod folder.
stop_all() {
  local result=$? left
  trap - EXIT
  if [[ $result -eq 0 ]]; then
    kubectl delete rc,rs,deployments,daemonsets,jobs,pods --all --now --wait=true --timeout=60s >/dev/null 2>&1
    for _ in $(seq 300); do
      left=$(ls "$home/run/pods" 2>/dev/null)
      [[ -z $left ]] && break
      sleep 0.1
    done
    [[ -z $left ]] || { echo "FAILED: pods were left: $left" && result=1; }
  fi
  kill -TERM "$daemon" 2>/dev/null
  wait "$daemon" 2>/dev/null
  left=$(pgrep -af "podrun-(pod|agent).*$home" | head -n 5)
  if [[ -n $left ]]; then
    [[ $result -ne 0 ]] || { echo "FAILED: supervisors were left: $left" && result=1; }
    pkill -KILL -f "podrun-(pod|agent).*$home"
    for left in "$home"/data/nodes/*/node.json; do
      [[ ! -e $left ]] || "$build/bin/podrun-daemon" agent --remove "$left"
    done
    "$build/bin/podrun" ps --run-dir "$home/run" --data-dir "$home/data" --log-dir "$home/logs" >/dev/null 2>&1
  fi
  [[ $result -ne 0 ]] || echo "$checks checks passed"
  rm -rf "$home"
  exit "$result"
}
