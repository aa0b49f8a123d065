// ContainerRunner: what the end of an instance means, and what comes after it.
#include <signal.h>

#include <utility>

#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/restart.h"

namespace podrun::pod {

namespace {

constexpr Seconds kSync{1};  // a kubelet looks once a second

}  // namespace

void ContainerRunner::on_exited(ExitStatus status) {
  InstanceEnd end;
  end.exit = status;
  end.oom_killed = instance_->cgroup().cgroup().oom_kills() > 0;
  end.killed_by_us = termination_ && termination_->killed();
  Terminated terminated = describe_end(end);
  terminated.message = instance_->termination_message(terminated.exit_code != 0);
  after_instance(terminated, terminated);
}

bool ContainerRunner::restarts_after(int exit_code) const {
  return !final_ && !context_.deleting &&
         (resize_restart_ || should_restart(restart_policy(), exit_code));
}

/// A restart without backoff goes ahead of the books.
void ContainerRunner::release_next(int exit_code) {
  const Moment now = context_.clock.now();
  if (!next_ || !restarts_after(exit_code) || now < backoff_.immediate_from(instance_started_))
    return;
  if (next_->usable()) next_->release();
}

Terminated ContainerRunner::describe_end(const InstanceEnd& end) const {
  const EndVerdict verdict = judge_end(end);
  Terminated terminated;
  terminated.exit_code = verdict.exit_code;
  terminated.signal = verdict.signal;
  terminated.reason = verdict.reason;
  terminated.container_id = status_.container_id;
  terminated.started_at = started_wall_;
  terminated.finished_at = context_.clock.wall();
  return terminated;
}

InstanceReport ContainerRunner::instance_report() const {
  InstanceReport report;
  report.restart = status_.restart_count;
  report.container_id = status_.container_id;
  report.started_at = started_wall_;
  report.start_latency = start_latency_;
  fill_usage(report, instance_->cgroup().usage(), instance_->cgroup().limits());
  for (const auto& probe : probes_) {
    const ProbeReport counts = probe->counts();
    (probe->kind() == ProbeKind::kLiveness    ? report.liveness
     : probe->kind() == ProbeKind::kReadiness ? report.readiness
                                              : report.startup) = counts;
  }
  return report;
}

void ContainerRunner::close_books(const Terminated& terminated) {
  InstanceReport report = instance_report();
  report.finished_at = terminated.finished_at;
  report.exit_code = terminated.exit_code;
  report.signal = terminated.signal;
  report.reason = terminated.reason;
  past_.push_back(std::move(report));
  context_.report_changed = true;
}

ContainerReport ContainerRunner::report() const {
  ContainerReport report{container_.name, container_.image, role_, past_};
  if (phase_ == Phase::kRunning && instance_) report.instances.push_back(instance_report());
  return report;
}

void ContainerRunner::after_instance(const Terminated& terminated, const ContainerState& shown) {
  const Moment now = context_.clock.now();
  close_books(terminated);
  stop_probes(true);
  probes_.clear();
  post_start_.reset();
  pre_stop_.reset();
  post_start_over_ = pre_stop_over_ = false;
  termination_.reset();
  retire();
  if (!restarts_after(terminated.exit_code)) {
    set_state(terminated);
    phase_ = Phase::kEnded;
    next_.reset();
    bury();
    return;
  }
  status_.last_state = terminated;
  ++status_.restart_count;
  set_state(shown);
  // A restart that was asked for is no crash.
  const bool asked = std::exchange(resize_restart_, false);
  const Seconds wait = asked ? Seconds(0) : backoff_.next(instance_started_, now);
  if (wait == Seconds(0)) {
    begin_instance();
    return;
  }
  phase_ = Phase::kBackoff;
  wake_at_ = now + wait;
  bury();
  // What could not be started shows why until a kubelet would have looked again.
  crash_loop_at_ = std::holds_alternative<Waiting>(shown) ? now + kSync : now;
  show_crash_loop(now);
}

void ContainerRunner::show_crash_loop(Moment now) {
  if (!crash_loop_at_ || *crash_loop_at_ > now) return;
  crash_loop_at_.reset();
  const std::string pod = pod_for_messages(context_.pod);
  set_state(
      Waiting{"CrashLoopBackOff", crash_loop_message(backoff_.current(), container_.name, pod)});
  context_.events.warning("BackOff", back_off_event(container_.name, pod), field_path());
}

}  // namespace podrun::pod
