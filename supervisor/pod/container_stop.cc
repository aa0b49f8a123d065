// ContainerRunner: the graceful end of an instance, for good or for a restart. Termination says
// what to do next.
#include <signal.h>
#include <sys/epoll.h>

#include <utility>

#include "base/error.h"
#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/restart.h"
#include "supervisor/pod/stop_signal.h"

namespace podrun::pod {

void ContainerRunner::stop(Seconds grace, bool turn) {
  final_ = true;
  next_.reset();
  next_due_.reset();
  turn_ = turn;
  final_grace_ = grace;
  switch (phase_) {
    case Phase::kIdle:
    case Phase::kEnded:
      phase_ = Phase::kEnded;
      return;
    case Phase::kRetry:
    case Phase::kBackoff:
      end_for_good();
      return;
    case Phase::kStarting:
      return;  // on_running() and on_not_started() see final_
    case Phase::kRunning:
      begin_kill(grace, stopping_event(container_.name));
      return;
  }
}

void ContainerRunner::give_turn() {
  turn_ = true;
  advance_termination();
}

void ContainerRunner::end_for_good() {
  wake_at_.reset();
  crash_loop_at_.reset();
  phase_ = Phase::kEnded;
  if (status_.last_state && std::holds_alternative<Waiting>(status_.state))
    set_state(*status_.last_state);
}

void ContainerRunner::begin_kill(Seconds grace, const std::string& message) {
  const Moment now = context_.clock.now();
  if (termination_) {
    termination_->shorten(grace, now);
  } else {
    context_.events.normal("Killing", message, field_path());
    stop_probes(/*readiness_too=*/false);
    termination_.emplace(grace, container_.lifecycle && container_.lifecycle->pre_stop, now);
  }
  advance_termination();
}

void ContainerRunner::advance_termination() {
  while (termination_ && instance_) {
    const Moment now = context_.clock.now();
    const auto action =
        termination_->advance(now, {pre_stop_over_, turn_ || !final_, !instance_->running()});
    if (!action) return;
    switch (*action) {
      case TerminationAction::kRunPreStop:
        run_pre_stop(*container_.lifecycle->pre_stop);
        break;
      case TerminationAction::kSendStopSignal:
        end_pre_stop_late();
        instance_->signal(stop_signal(container_, image_->config));
        break;
      case TerminationAction::kKill:
        if (!pre_stop_over_) pre_stop_.reset();
        kill_all();
        break;
    }
  }
}

void ContainerRunner::run_pre_stop(const manifest::LifecycleHandler& handler) {
  pre_stop_ = run_hook(handler, termination_->next_deadline().value_or(Moment::max()),
                       [this](const std::string& problem) {
                         if (!problem.empty())
                           context_.events.warning("FailedPreStopHook", problem, field_path());
                         pre_stop_over_ = true;
                         advance_termination();
                       });
}

/// The grace ended while preStop was running.
void ContainerRunner::end_pre_stop_late() {
  if (!pre_stop_ || pre_stop_over_) return;
  pre_stop_.reset();
  context_.events.warning("FailedPreStopHook",
                          "preStop hook did not complete within the grace period", field_path());
}

void ContainerRunner::kill_all() {
  try {
    instance_->cgroup().cgroup().kill();
  } catch (const Error& error) {
    context_.events.warning("FailedKillPod", error.what());
  }
  instance_->signal(SIGKILL);
}

/// The instance has ended; what it leaves is taken away later, when nobody waits.
void ContainerRunner::retire() {
  retired_watch_.reset();
  retired_ = std::move(instance_);
}

void ContainerRunner::bury() {
  if (!retired_) return;
  const cgroups::Cgroup& cgroup = retired_->cgroup().cgroup();
  if (cgroup.populated()) {  // a probe of it is still dying
    cgroup.kill();
    retired_events_ = cgroup.watch_events();
    retired_watch_ = context_.loop.watch(retired_events_.get(), EPOLLPRI, [this](std::uint32_t) {
      if (!retired_->cgroup().cgroup().populated()) bury();
    });
    if (cgroup.populated()) return;
  }
  retired_watch_.reset();
  retired_.reset();
}

}  // namespace podrun::pod
