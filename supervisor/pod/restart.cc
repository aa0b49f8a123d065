#include "supervisor/pod/restart.h"

#include <csignal>

#include "base/go_text.h"

namespace podrun::pod {

using manifest::RestartPolicy;

EndVerdict judge_end(const InstanceEnd& end) {
  // What runc and containerd report for a first process that never came to run.
  constexpr int kStartErrorCode = 128;
  switch (end.birth) {
    case InstanceEnd::Birth::kCannotExec:
      return {kStartErrorCode, 0, "StartError"};
    case InstanceEnd::Birth::kCannotRun:
      return {kStartErrorCode, 0, "ContainerCannotRun"};
    case InstanceEnd::Birth::kRan:
      break;
  }
  const int code = end.exit.shell_code();
  const bool oom = end.oom_killed && !end.killed_by_us && end.exit.signal == SIGKILL;
  return {code, end.exit.signal, oom ? "OOMKilled" : code == 0 ? "Completed" : "Error"};
}

RestartPolicy effective_policy(RestartPolicy of_pod, ContainerRole role) {
  switch (role) {
    case ContainerRole::kSidecar:
      return RestartPolicy::kAlways;
    case ContainerRole::kInit:
      return of_pod == RestartPolicy::kAlways ? RestartPolicy::kOnFailure : of_pod;
    case ContainerRole::kRegular:
      break;
  }
  return of_pod;
}

bool should_restart(RestartPolicy policy, int exit_code) {
  switch (policy) {
    case RestartPolicy::kAlways:
      return true;
    case RestartPolicy::kOnFailure:
      return exit_code != 0;
    case RestartPolicy::kNever:
      break;
  }
  return false;
}

std::optional<Terminated> last_end(const ContainerStatus& old, WallTime now) {
  if (const auto* ended = std::get_if<Terminated>(&old.state)) return *ended;
  if (const auto* running = std::get_if<Running>(&old.state)) {
    Terminated killed;
    killed.exit_code = 137;
    killed.signal = 9;
    killed.reason = "Error";
    killed.container_id = old.container_id;
    killed.started_at = running->started_at;
    killed.finished_at = now;
    return killed;
  }
  return old.last_state;
}

Seconds probe_kill_grace(const manifest::Probe& probe, Seconds of_pod) {
  return probe.termination_grace_period.value_or(of_pod);
}

std::string crash_loop_message(Seconds wait, const std::string& container, const std::string& pod) {
  return "back-off " + go_duration(wait) + " restarting failed container=" + container +
         " pod=" + pod;
}

std::string back_off_event(const std::string& container, const std::string& pod) {
  return "Back-off restarting failed container " + container + " in pod " + pod;
}

std::string probe_kill_event(ProbeKind kind, const std::string& container, ContainerRole role,
                             RestartPolicy policy) {
  const std::string probe = kind == ProbeKind::kStartup ? "startup" : "liveness";
  if (role != ContainerRole::kRegular) {
    return "Init container " + container + " failed " + probe + " probe";
  }
  return "Container " + container + " failed " + probe + " probe" +
         (policy == RestartPolicy::kNever ? "" : ", will be restarted");
}

namespace {

std::string name_of(ProbeKind kind) {
  switch (kind) {
    case ProbeKind::kLiveness:
      return "Liveness";
    case ProbeKind::kReadiness:
      return "Readiness";
    case ProbeKind::kStartup:
      break;
  }
  return "Startup";
}

}  // namespace

std::string probe_failed_event(ProbeKind kind, const std::string& text) {
  return name_of(kind) + " probe failed: " + text;
}

std::string probe_errored_event(ProbeKind kind, const std::string& text) {
  return name_of(kind) + " probe errored: " + text;
}

std::string probe_warning_event(ProbeKind kind, const std::string& text) {
  return name_of(kind) + " probe warning: " + text;
}

std::string stopping_event(const std::string& container) {
  return "Stopping container " + container;
}

}  // namespace podrun::pod
