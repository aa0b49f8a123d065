#include "supervisor/node/plan.h"

namespace podrun::node {
namespace {

using Place = ApiView::Place;
using State = SupervisorView::State;

Decision wait_until(Moment when) { return {Step::kWait, Seconds(0), when}; }

/// A supervisor that was told to end: hurried where it is late.
Decision see_to_end(const SupervisorView& supervisor, Moment now) {
  const Moment late = *supervisor.ends_by + kSupervisorPatience;
  return late <= now ? Decision{Step::kKillSupervisor} : wait_until(late);
}

/// Nobody wants the pod any more: a forced deletion, or one while the daemon was away.
Decision decide_unwanted(const SupervisorView& supervisor, Moment now) {
  switch (supervisor.state) {
    case State::kNone:
      return {};
    case State::kUnclear:
      return wait_until(now + kUnclearRetry);
    case State::kRunning:
      if (!supervisor.killed) return {Step::kKill};
      return see_to_end(supervisor, now);
    case State::kOver:
      return {Step::kCleanUp};
  }
  return {};
}

Decision decide_unbound(const ApiView& pod, const SupervisorView& supervisor, Moment now) {
  const bool is_whole = supervisor.state == State::kOver ||
                        (supervisor.state == State::kRunning && !supervisor.killed);
  const Moment end = supervisor.since + kBindingPatience;
  if (is_whole && !pod.deleting && now < end) return wait_until(end);
  return decide_unwanted(supervisor, now);
}

Decision decide_deleting(const ApiView& pod, const SupervisorView& supervisor, Moment now) {
  switch (supervisor.state) {
    case State::kNone:
      return pod.confirmed ? Decision{} : Decision{Step::kFinishDeletion};
    case State::kUnclear:
      return wait_until(now + kUnclearRetry);
    case State::kRunning:
      if (!supervisor.ends_by || now + pod.grace < *supervisor.ends_by) {
        return {Step::kTerminate, pod.grace};
      }
      return see_to_end(supervisor, now);
    case State::kOver:
      return pod.confirmed ? Decision{Step::kCleanUp} : Decision{Step::kFinishDeletion};
  }
  return {};
}

Decision decide_wanted(const ApiView& pod, const SupervisorView& supervisor, Moment now) {
  switch (supervisor.state) {
    case State::kUnclear:
      return wait_until(now + kUnclearRetry);
    case State::kRunning:
      return {};
    case State::kNone:
      if (pod.ended) return {};
      break;
    case State::kOver:
      // The folder and the logs of a pod that has ended stay until it is deleted.
      if (supervisor.ended || pod.ended) return {};
      break;
  }
  if (supervisor.not_before && now < *supervisor.not_before) {
    return wait_until(*supervisor.not_before);
  }
  const bool anew = supervisor.state == State::kNone && !pod.has_run;
  return {anew ? Step::kStart : Step::kRecreate};
}

}  // namespace

Decision decide(const ApiView& pod, const SupervisorView& supervisor, Moment now) {
  switch (pod.place) {
    case Place::kAbsent:
    case Place::kElsewhere:
      return decide_unwanted(supervisor, now);
    case Place::kUnbound:
      return decide_unbound(pod, supervisor, now);
    case Place::kHere:
      return pod.deleting ? decide_deleting(pod, supervisor, now)
                          : decide_wanted(pod, supervisor, now);
  }
  return {};
}

}  // namespace podrun::node
