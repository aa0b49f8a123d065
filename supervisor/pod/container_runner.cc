#include "supervisor/pod/container_runner.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/restart.h"

namespace podrun::pod {

namespace {

bool hook_runs(const std::unique_ptr<Hook>& hook, bool over) { return hook && !over; }

}  // namespace

ContainerRunner::ContainerRunner(Context& context, const manifest::Container& container,
                                 ContainerRole role)
    : context_(context), container_(container), role_(role) {
  status_.name = container.name;
  status_.image = container.image;
  status_.state = Waiting{
      context.pod.spec.init_containers.empty() ? "ContainerCreating" : "PodInitializing", ""};
}

void ContainerRunner::continue_after(const ContainerStatus& old, WallTime now) {
  const std::optional<Terminated> last = last_end(old, now);
  if (!last) return;  // it had never run: this is still the first instance
  status_.restart_count = old.restart_count + 1;
  status_.last_state = last;
}

manifest::RestartPolicy ContainerRunner::restart_policy() const {
  return effective_policy(context_.pod.spec.restart_policy, role_);
}

std::string ContainerRunner::field_path() const {
  return container_field_path(container_.name, role_ != ContainerRole::kRegular);
}

void ContainerRunner::set_state(ContainerState state) {
  status_.state = std::move(state);
  settle_status();
}

/// `started` and `ready` follow from the state and from what the probes have found so far.
void ContainerRunner::settle_status() {
  const auto passed = [&](ProbeKind kind, const std::optional<manifest::Probe>& probe) {
    if (!probe) return true;
    return std::any_of(probes_.begin(), probes_.end(), [&](const auto& runner) {
      return runner->kind() == kind && runner->state().current();
    });
  };
  settle_container(status_, role_, passed(ProbeKind::kStartup, container_.startup_probe),
                   passed(ProbeKind::kReadiness, container_.readiness_probe));
  status_.allocated = container_.resources.requests;
  status_.resources = instance_ ? given_ : container_.resources;
  context_.status_changed = true;
}

bool ContainerRunner::let_next_start() const {
  return phase_ != Phase::kIdle && phase_ != Phase::kStarting &&
         !hook_runs(post_start_, post_start_over_);
}

void ContainerRunner::on_verdict(ProbeKind kind, ProbeVerdict verdict) {
  settle_status();
  if (kind == ProbeKind::kReadiness) return;
  if (verdict == ProbeVerdict::kPassed) {
    const Moment now = context_.clock.now();
    for (const auto& probe : probes_) probe->set_started(status_.started, now);
    return;
  }
  const auto& probe =
      kind == ProbeKind::kLiveness ? container_.liveness_probe : container_.startup_probe;
  begin_kill(probe_kill_grace(*probe, context_.pod.spec.termination_grace_period),
             probe_kill_event(kind, container_.name, role_, restart_policy()));
}

void ContainerRunner::stop_probes(bool readiness_too) {
  for (const auto& probe : probes_) {
    if (readiness_too || probe->kind() != ProbeKind::kReadiness) probe->stop();
  }
}

std::unique_ptr<Hook> ContainerRunner::run_hook(const manifest::LifecycleHandler& handler,
                                                Moment deadline, Hook::Done done) {
  return std::make_unique<Hook>(context_, probe_target(), instance_->cgroup().place(), handler,
                                deadline, std::move(done));
}

std::optional<ExecTarget> ContainerRunner::exec_target() {
  if (phase_ != Phase::kRunning || !instance_ || !instance_->running()) return std::nullopt;
  return ExecTarget{instance_->cgroup().place(), instance_->process(), instance_->spec()};
}

bool ContainerRunner::attach(AttachRequest& request) {
  if (phase_ != Phase::kRunning || !instance_ || !instance_->running()) return false;
  instance_->attach(std::move(request));
  return true;
}

ProbeTarget ContainerRunner::probe_target() {
  return {container_, instance_->cgroup().leaf_place(), instance_->process(), instance_->spec(),
          role_ != ContainerRole::kRegular};
}

void ContainerRunner::run_post_start(const manifest::LifecycleHandler& handler) {
  post_start_ = run_hook(handler, Moment::max(), [this](const std::string& problem) {
    post_start_over_ = true;
    if (problem.empty()) return;
    context_.events.warning("FailedPostStartHook", problem, field_path());
    begin_kill(context_.pod.spec.termination_grace_period, "FailedPostStartHook");
  });
}

std::optional<Moment> ContainerRunner::next_deadline() const {
  std::optional<Moment> next = wake_at_;
  const auto consider = [&](const std::optional<Moment>& moment) {
    if (moment && (!next || *moment < *next)) next = moment;
  };
  consider(next_due_);
  consider(crash_loop_at_);
  for (const auto& probe : probes_) consider(probe->next_deadline());
  if (hook_runs(post_start_, post_start_over_)) consider(post_start_->next_deadline());
  if (hook_runs(pre_stop_, pre_stop_over_)) consider(pre_stop_->next_deadline());
  if (termination_) consider(termination_->next_deadline());
  if (instance_) consider(instance_->next_deadline());
  return next;
}

void ContainerRunner::on_deadline(Moment now) {
  show_crash_loop(now);
  if (wake_at_ && *wake_at_ <= now) begin_instance();
  if (next_due_ && *next_due_ <= now) prepare_next();
  for (const auto& probe : probes_) probe->on_deadline(now);
  if (hook_runs(post_start_, post_start_over_)) post_start_->on_deadline(now);
  if (hook_runs(pre_stop_, pre_stop_over_)) pre_stop_->on_deadline(now);
  if (instance_) instance_->on_deadline(now);
  const auto due = termination_ ? termination_->next_deadline() : std::nullopt;
  if (due && *due <= now) advance_termination();
}

}  // namespace podrun::pod
