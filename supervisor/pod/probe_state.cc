#include "supervisor/pod/probe_state.h"

#include <algorithm>

namespace podrun::pod {

ProbeState::ProbeState(ProbeKind kind, const manifest::Probe& probe, Moment started)
    : kind_(kind),
      initial_delay_(probe.initial_delay),
      period_(std::max(probe.period, Seconds(1))),
      success_threshold_(std::max(probe.success_threshold, 1)),
      failure_threshold_(std::max(probe.failure_threshold, 1)),
      started_(started),
      first_(started + probe.initial_delay),
      next_(first_),
      current_(kind == ProbeKind::kLiveness) {}

std::optional<Moment> ProbeState::next_attempt() const {
  if (on_hold_ || under_way_ || waiting_for_startup_) return std::nullopt;
  return retrying() ? retry_ : next_;
}

void ProbeState::set_started(bool startup_passed, Moment now) {
  if (kind_ == ProbeKind::kStartup) return;
  if (waiting_for_startup_ && startup_passed) {
    first_ = std::max(now, started_ + initial_delay_);
    next_ = first_;
    errors_ = 0;
  }
  waiting_for_startup_ = !startup_passed;
}

void ProbeState::attempt_begun(Moment now) {
  // A retry belongs to its slot: only the first try moves on, so that slots which pass during the
  // tries are made up for by one attempt at once (a ticker's channel holds one tick).
  if (errors_ == 0) next_ = slot_after(now);
  under_way_ = true;
}

ProbeVerdict ProbeState::attempt_ended(ProbeResult result, Moment now) {
  if (!under_way_) return ProbeVerdict::kNothing;
  under_way_ = false;
  if (result == ProbeResult::kError) {
    if (++errors_ == kTries) errors_ = 0;
    retry_ = now;
    return ProbeVerdict::kNothing;
  }
  errors_ = 0;
  return count(result);
}

void ProbeState::stop() {
  on_hold_ = true;
  under_way_ = false;
  errors_ = 0;
}

Moment ProbeState::slot_after(Moment now) const {
  if (now < first_) return first_;
  return first_ + ((now - first_) / period_ + 1) * period_;
}

ProbeVerdict ProbeState::count(ProbeResult result) {
  if (result != last_) run_ = 0;
  last_ = result;
  const bool success = result == ProbeResult::kSuccess;
  const int threshold = success ? success_threshold_ : failure_threshold_;
  if (++run_ < threshold) return ProbeVerdict::kNothing;
  run_ = threshold;  // longer runs tell nothing more
  const bool kills = kind_ != ProbeKind::kReadiness && !success;
  const bool done = kind_ == ProbeKind::kStartup && success;
  if (kills || done) on_hold_ = true;
  if (current_ == success && !kills) return ProbeVerdict::kNothing;
  current_ = success;
  return success ? ProbeVerdict::kPassed : ProbeVerdict::kFailed;
}

}  // namespace podrun::pod
