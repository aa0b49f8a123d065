// ContainerRunner: from the decision to start an instance until its first process runs.
#include <algorithm>
#include <utility>

#include "base/error.h"
#include "rootfs-tools/image.h"
#include "supervisor/manifest/resources.h"
#include "supervisor/pod/container_runner.h"
#include "supervisor/pod/container_spec.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/restart.h"

namespace podrun::pod {

namespace {

// kubelet syncs a pod whose container cannot be created about this often (pkg/kubelet,
// backOffPeriod).
constexpr Seconds kCreateRetry{10};
// The next instance is made this long after one runs: what starts up goes first.
constexpr Nanoseconds kNextPause = std::chrono::milliseconds(10);

}  // namespace

std::unique_ptr<Instance> ContainerRunner::make_instance(bool parked) {
  const int made = instances_made_++;
  const std::string cgroup = container_.name + (made == 0 ? "" : "." + std::to_string(made));
  return std::make_unique<Instance>(
      context_,
      InstanceInputs{container_, *image_, image_revision_, cgroup,
                     status_.restart_count + (parked ? 1 : 0), parked},
      Instance::Callbacks{[this] { on_running(); },
                          [this](const runtime::BirthFailure& failure) { on_not_started(failure); },
                          [this](ExitStatus status) { release_next(status.shell_code()); },
                          [this](ExitStatus status) { on_exited(status); }});
}

void ContainerRunner::prepare_next() {
  next_due_.reset();
  if (phase_ != Phase::kRunning || final_ || context_.deleting) return;
  try {
    image_revision_ = context_.images.revision();
    const auto image = context_.images.find(container_.image);
    if (!image || image->id != image_->id) return;
    next_ = make_instance(/*parked=*/true);
  } catch (const Error&) {
    // The restart tries again, and tells.
  }
}

void ContainerRunner::start() {
  set_state(Waiting{
      context_.pod.spec.init_containers.empty() ? "ContainerCreating" : "PodInitializing", ""});
  begin_instance();
}

void ContainerRunner::begin_instance() {
  instance_begun_ = context_.clock.now();
  wake_at_.reset();
  const bool runs_already = next_ && next_->released();
  if (runs_already || resolve_image()) launch();
}

bool ContainerRunner::resolve_image() {
  const std::string& name = container_.image;
  ImageVerdict verdict;
  try {
    image_revision_ = context_.images.revision();
    image_ = context_.images.find(name);
    if (image_) {
      image_wait_ = ImageWait();
      return true;
    }
    verdict = image_wait_.absent(name, container_.image_pull_policy, context_.clock.now());
  } catch (const BadInput& error) {
    verdict = invalid_image_name(name, error.what());
  } catch (const Error& error) {
    verdict = image_inspect_failed(name, error.what());
  }
  for (const auto& [type, reason, message] : verdict.events) {
    type == EventType::kWarning ? context_.events.warning(reason, message, field_path())
                                : context_.events.normal(reason, message, field_path());
  }
  set_state(verdict.waiting);
  retry_later(verdict.look_again);
  return false;
}

void ContainerRunner::create_failed(const std::string& reason, const std::string& message) {
  context_.events.warning("Failed", "Error: " + message, field_path());
  set_state(Waiting{reason, message});
  retry_later(kCreateRetry);
}

void ContainerRunner::retry_later(Seconds after) {
  instance_.reset();
  phase_ = Phase::kRetry;
  wake_at_ = context_.clock.now() + after;
}

void ContainerRunner::launch() {
  phase_ = Phase::kStarting;
  context_.events.normal("Pulled",
                         "Container image \"" + container_.image + "\" already present on machine",
                         field_path());
  try {
    if (next_ && !next_->released()) {
      if (next_->usable())
        next_->release();
      else
        next_.reset();
    }
    instance_ = next_ ? std::move(next_) : make_instance(/*parked=*/false);
  } catch (const ConfigError& error) {
    create_failed("CreateContainerConfigError", error.what());
    return;
  } catch (const Error& error) {
    create_failed("CreateContainerError", error.what());
    return;
  }
  given_ = container_.resources;
  status_.image_id = image_->id;
  status_.container_id = "podrun://" + instance_->id();
  context_.events.normal("Created", "Created container " + container_.name, field_path());
}

void ContainerRunner::on_running() {
  const Moment now = context_.clock.now();
  phase_ = Phase::kRunning;
  instance_started_ = now;
  started_wall_ = context_.clock.wall();
  start_latency_ = now - instance_begun_;
  if (restart_policy() != manifest::RestartPolicy::kNever && role_ != ContainerRole::kInit)
    next_due_ = std::max(backoff_.immediate_from(now), now + kNextPause);
  context_.events.normal("Started", "Started container " + container_.name, field_path());
  start_probes(now);
  set_state(Running{started_wall_});
  if (container_.lifecycle && container_.lifecycle->post_start)
    run_post_start(*container_.lifecycle->post_start);
  if (final_) begin_kill(final_grace_, stopping_event(container_.name));
  bury();
}

void ContainerRunner::on_not_started(const runtime::BirthFailure& failure) {
  const std::string text = "container " + container_.name + ": " + failure.text;
  context_.events.warning("Failed", "Error: " + text, field_path());
  started_wall_ = context_.clock.wall();
  instance_started_ = context_.clock.now();
  const auto birth =
      failure.exec_failed ? InstanceEnd::Birth::kCannotExec : InstanceEnd::Birth::kCannotRun;
  Terminated terminated = describe_end({birth, {}, false, false});
  terminated.message = text;
  after_instance(terminated, Waiting{"RunContainerError", text});
}

void ContainerRunner::start_probes(Moment now) {
  const auto add = [&](ProbeKind kind, const std::optional<manifest::Probe>& probe) {
    if (!probe) return;
    // Asked for here: without probes no leaf is made for them.
    probes_.push_back(std::make_unique<ProbeRunner>(
        context_, probe_target(), kind, *probe, now,
        [this](ProbeKind which, ProbeVerdict verdict) { on_verdict(which, verdict); }));
    if (kind != ProbeKind::kStartup && container_.startup_probe)
      probes_.back()->set_started(false, now);
  };
  add(ProbeKind::kStartup, container_.startup_probe);
  add(ProbeKind::kLiveness, container_.liveness_probe);
  add(ProbeKind::kReadiness, container_.readiness_probe);
}

}  // namespace podrun::pod
