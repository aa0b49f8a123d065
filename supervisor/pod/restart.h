// What the end of a container instance means, whether another one follows, and how Kubernetes words
// it. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/pidfd.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/probe_state.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

/// How an instance came to its end, as observed.
struct InstanceEnd {
  enum class Birth { kRan, kCannotRun, kCannotExec };
  Birth birth = Birth::kRan;  // kCannotRun: a step before execve failed; kCannotExec: execve did
  ExitStatus exit;            // where it ran
  /// The kernel's OOM killer took a process of the container during this instance.
  bool oom_killed = false;
  /// The supervisor itself sent SIGKILL (grace over, pod killed).
  bool killed_by_us = false;
};

/// The part of `Terminated` that follows from it.
struct EndVerdict {
  int exit_code = 0;
  int signal = 0;
  std::string reason;  // Completed, Error, OOMKilled, StartError, ContainerCannotRun
  bool operator==(const EndVerdict&) const = default;
};
EndVerdict judge_end(const InstanceEnd& end);

/// The policy that holds for one container: sidecars always restart, an init container runs until
/// it has succeeded once where the pod's policy is Always.
manifest::RestartPolicy effective_policy(manifest::RestartPolicy of_pod, ContainerRole role);
bool should_restart(manifest::RestartPolicy policy, int exit_code);

/// How the latest instance of a container ended whose supervisor died, from the last status that
/// it wrote; what ran was killed at `now`. Nothing where there never was an instance.
std::optional<Terminated> last_end(const ContainerStatus& old, WallTime now);

/// The grace of a kill that a probe's verdict causes: the probe's own where it has one. For a pod
/// that is being deleted the deletion's grace holds instead.
Seconds probe_kill_grace(const manifest::Probe& probe, Seconds of_pod);

// ---- texts; `pod` is kubelet's "NAME_NAMESPACE(UID)"

/// Waiting's message with reason CrashLoopBackOff: "back-off 1m20s restarting failed container=…".
std::string crash_loop_message(Seconds wait, const std::string& container, const std::string& pod);
/// Of the event Warning BackOff.
std::string back_off_event(const std::string& container, const std::string& pod);
/// Of the event Normal Killing when a probe's verdict ends an instance: "Container kubia failed
/// liveness probe, will be restarted". `policy` is the effective one: under Never nothing is said
/// of a restart.
std::string probe_kill_event(ProbeKind kind, const std::string& container, ContainerRole role,
                             manifest::RestartPolicy policy);
/// Of the event Warning Unhealthy: "Liveness probe failed: …", and where the attempt itself could
/// not be made "Liveness probe errored: …". Of the event Warning ProbeWarning: "Liveness probe
/// warning: …".
std::string probe_failed_event(ProbeKind kind, const std::string& text);
std::string probe_errored_event(ProbeKind kind, const std::string& text);
std::string probe_warning_event(ProbeKind kind, const std::string& text);
/// Of the event Normal Killing when an instance is ended for good.
std::string stopping_event(const std::string& container);

}  // namespace podrun::pod
