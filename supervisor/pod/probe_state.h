// Counting probe results against thresholds. Pure: (probe, result, now) to what follows. One per
// probe and instance.
#pragma once

#include <optional>

#include "base/clock.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

enum class ProbeKind { kLiveness, kReadiness, kStartup };
enum class ProbeResult {
  kSuccess,
  kFailure,
  kError
};  // kError: the probe itself could not be made

/// What one result changes.
enum class ProbeVerdict {
  kNothing,
  kPassed,  // crossed the success threshold (startup: done; readiness: ready)
  kFailed,  // crossed the failure threshold (liveness, startup: kill; readiness: not ready)
};

/// kubelet's prober worker for one container instance. Attempts lie on a grid of whole periods from
/// the first one on, as a ticker gives them: a late start does not shift the ones after it, and an
/// attempt that outlasts its period is followed at once by one more, then the grid goes on.
class ProbeState {
 public:
  /// An attempt that ends in kError is made this many times before it counts as neither.
  static constexpr int kTries = 3;

  /// `started`: when the container instance started. `now` may be later.
  ProbeState(ProbeKind kind, const manifest::Probe& probe, Moment started);

  ProbeKind kind() const { return kind_; }
  /// When the next attempt is due; nothing while on hold, done, waiting for the startup probe, or
  /// under way. In the past: at once.
  std::optional<Moment> next_attempt() const;
  /// Liveness and readiness wait until the startup probe has passed; the first attempt is then due
  /// at once (or when initialDelay has passed). A startup probe itself does not wait.
  void set_started(bool startup_passed, Moment now);
  void attempt_begun(Moment now);
  /// An internal error is tried again at once, 3 attempts in all, and then counts as neither.
  /// A result that arrives after stop() or without attempt_begun() changes nothing.
  ProbeVerdict attempt_ended(ProbeResult result, Moment now);
  /// After attempt_ended(kError): true while the same attempt will be tried again. False: it was
  /// given up, which is worth the event "… probe errored: …".
  bool retrying() const { return errors_ > 0; }
  /// No further attempts (the container is being killed, or the pod is being deleted for liveness
  /// and startup).
  void stop();
  bool current() const { return current_; }  // liveness begins true, readiness and startup false

 private:
  Moment slot_after(Moment now) const;
  ProbeVerdict count(ProbeResult result);

  ProbeKind kind_;
  Seconds initial_delay_, period_;
  int success_threshold_, failure_threshold_;
  Moment started_;
  Moment first_;  // origin of the grid
  Moment next_, retry_;
  bool current_, waiting_for_startup_ = false, on_hold_ = false, under_way_ = false;
  int run_ = 0, errors_ = 0;
  ProbeResult last_ = ProbeResult::kSuccess;
};

}  // namespace podrun::pod
