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
      Instance::Callbacks{
          [this] { on_running(); },
          [this](const runtime::BirthFailure& failure) { on_not_started(failure); },
          [this](ExitStatus status) { release_next(status.shell_code()); },
          [this](ExitStatus status) { on_exited(status); }});
}

void ContainerRunner::prepare_next() {
  next_due_.reset();
  if (phase_ != Phase::kRunning || final_ || context_.deleting) return;
  image_revision_ = context_.images.revision();
  const auto image = context_.images.find(container_.image);
  if (!image || image->id != image_->id) return;
  try {
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
  image_revision_ = context_.images.revision();
  image_ = context_.images.find(name);
  if (image_) return true;
  if (container_.image_pull_policy == "Never") {
    const std::string message =
        "Container image \"" + name + "\" is not present with pull policy of Never";
    context_.events.warning("ErrImageNeverPull", message, field_path());
    create_failed("ErrImageNeverPull", message);
    return false;
  }
  const bool first = std::holds_alternative<Waiting>(status_.state) &&
                     std::get<Waiting>(status_.state).reason != "ErrImagePull" &&
                     std::get<Waiting>(status_.state).reason != "ImagePullBackOff";
  if (first) context_.events.normal("Pulling", "Pulling image \"" + name + "\"", field_path());
  const std::string message =
      "Failed to pull image \"" + name +
      "\": it is not in the image store; `podrun image import` puts it there";
  context_.events.warning("Failed", message, field_path());
  context_.events.warning("Failed", "Error: ErrImagePull", field_path());
  set_state(Waiting{"ErrImagePull", message});
  const Moment now = context_.clock.now();
  // Unlike a restart, the first pull that fails waits already (kubelet: 10 s, doubled up to 300 s).
  if (first) image_backoff_.next(now, now);
  retry_later(image_backoff_.next(now, now));
  set_state(Waiting{"ImagePullBackOff",
                    "Back-off pulling image \"" + name + "\": ErrImagePull: " + message});
  context_.events.normal("BackOff", "Back-off pulling image \"" + name + "\"", field_path());
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
  context_.events.normal(
      "Pulled", "Container image \"" + container_.image + "\" already present on machine",
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
  after_instance(terminated);
}

void ContainerRunner::start_probes(Moment now) {
  const ProbeTarget target = probe_target();
  const auto add = [&](ProbeKind kind, const std::optional<manifest::Probe>& probe) {
    if (!probe) return;
    probes_.push_back(std::make_unique<ProbeRunner>(
        context_, target, kind, *probe, now,
        [this](ProbeKind which, ProbeVerdict verdict) { on_verdict(which, verdict); }));
    if (kind != ProbeKind::kStartup && container_.startup_probe)
      probes_.back()->set_started(false, now);
  };
  add(ProbeKind::kStartup, container_.startup_probe);
  add(ProbeKind::kLiveness, container_.liveness_probe);
  add(ProbeKind::kReadiness, container_.readiness_probe);
}

}  // namespace podrun::pod
