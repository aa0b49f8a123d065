#include "supervisor/pod/pod_supervisor.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/init_sequence.h"
#include "supervisor/pod/packet_io.h"
#include "supervisor/pod/pod_cgroup.h"
#include "supervisor/pod/termination.h"

namespace podrun::pod {

namespace {

// kubelet: volume set-up is tried again after 500 ms, doubled up to 2 min 2 s
// (pkg/util/goroutinemap/exponentialbackoff).
constexpr Nanoseconds kVolumeRetry = std::chrono::milliseconds(500);
constexpr Nanoseconds kVolumeRetryMax = Seconds(122);

}  // namespace

PodSupervisor::PodSupervisor(Context& context, const ControlFds& control)
    : context_(context),
      control_(context.loop, control, context.starter,
               {[this](const ControlRequest& request) { on_order(request); },
                [this](ExecRequest request, const ExecReply& reply) {
                  on_exec(std::move(request), reply);
                },
                [this](AttachRequest request) { on_attach(std::move(request)); }}) {}

void PodSupervisor::on_order(const ControlRequest& request) {
  if (request.kind == ControlRequest::Kind::kRefresh) return refresh_volumes();
  if (request.kind == ControlRequest::Kind::kResize) return take_resources();
  const Seconds own = context_.pod.spec.termination_grace_period;
  terminate(request.kind == ControlRequest::Kind::kKill ? Seconds(0) : request.grace.value_or(own));
}

void PodSupervisor::on_exec(ExecRequest request, const ExecReply& reply) {
  std::optional<ExecTarget> target;
  each([&](ContainerRunner& runner) {
    if (runner.container().name != request.container) return;
    if (const auto found = runner.exec_target()) target.emplace(*found);
  });
  if (!target) {
    reply("error container " + request.container + " is not running", -1);
    return;
  }
  const std::uint64_t id = next_exec_++;
  try {
    execs_[id] =
        std::make_unique<ExecSession>(context_.loop, context_.reaper, *target, std::move(request),
                                      reply, [this, id] { execs_.erase(id); });
  } catch (const Error& error) {
    execs_.erase(id);
    reply(std::string("error ") + error.what(), -1);
  }
}

void PodSupervisor::on_attach(AttachRequest request) {
  bool attached = false;
  each([&](ContainerRunner& runner) {
    if (runner.container().name == request.order.container) attached = runner.attach(request);
  });
  if (attached) return;
  send_packet(request.connection.get(),
              "error container " + request.order.container + " is not running", {});
}

template <typename Visit>
void PodSupervisor::each(Visit visit) const {
  for (const auto& runner : init_) visit(*runner);
  for (const auto& runner : regular_) visit(*runner);
}

int PodSupervisor::run() {
  set_up();
  while (true) {
    step(context_.clock.now());
    publish();
    if (finished()) break;
    context_.loop.run_once(next_deadline());
    const Moment now = context_.clock.now();
    each([&](ContainerRunner& runner) { runner.on_deadline(now); });
  }
  write_report();
  return exit_code();
}

void PodSupervisor::set_up() {
  started_ = context_.clock.now();
  status_.start_time = context_.clock.wall();
  status_.host_ip = context_.node.host_ip;
  status_.qos_class = manifest::to_string(manifest::qos_class(context_.pod.spec));
  context_.pod_cgroup = make_pod_cgroup(context_);
  resize_.emplace(context_);
  const manifest::PodSpec& spec = context_.pod.spec;
  for (const manifest::Container& container : spec.init_containers) {
    const auto role =
        container.restart_policy == "Always" ? ContainerRole::kSidecar : ContainerRole::kInit;
    init_.push_back(std::make_unique<ContainerRunner>(context_, container, role));
  }
  for (const manifest::Container& container : spec.containers) {
    regular_.push_back(
        std::make_unique<ContainerRunner>(context_, container, ContainerRole::kRegular));
  }
  if (!context_.options.under_daemon) {
    context_.events.normal("Scheduled",
                           "Successfully assigned " + context_.pod.metadata.namespace_ + "/" +
                               context_.pod.metadata.name + " to " + context_.node.node_name,
                           "", "default-scheduler");
  }
  if (const auto old = read_file_if_exists(context_.paths.previous())) continue_from(*old);
  sandbox_ready_ = true;
}

/// A pod that is re-created goes on counting where the supervisor that died had come to.
void PodSupervisor::continue_from(const std::string& previous_status) {
  const PodStatus old = pod_status_from_json(
      nlohmann::ordered_json::parse(previous_status, nullptr, /*exceptions=*/false));
  const WallTime now = context_.clock.wall();
  if (old.start_time != WallTime{}) status_.start_time = old.start_time;
  status_.conditions = old.conditions;  // for their transition times
  const auto hand_over = [&](auto& runners, const std::vector<ContainerStatus>& statuses) {
    for (const auto& runner : runners) {
      for (const ContainerStatus& status : statuses) {
        if (status.name == runner->container().name) runner->continue_after(status, now);
      }
    }
  };
  hand_over(init_, old.init_container_statuses);
  hand_over(regular_, old.container_statuses);
}

bool PodSupervisor::volumes_ready(Moment now) {
  if (volumes_ready_) return true;
  if (volumes_retry_ && *volumes_retry_ > now) return false;
  try {
    context_.volumes.set_up();
    volumes_ready_ = true;
    volumes_retry_.reset();
  } catch (const Error& error) {
    context_.events.warning("FailedMount", error.what());
    volumes_backoff_ = std::clamp(volumes_backoff_ * 2, kVolumeRetry, kVolumeRetryMax);
    volumes_retry_ = now + volumes_backoff_;
  }
  return volumes_ready_;
}

/// What is missing may be there by now: no need to wait for the next try.
void PodSupervisor::refresh_volumes() {
  if (!volumes_ready_) {
    if (volumes_retry_) volumes_retry_ = context_.clock.now();
    return;
  }
  try {
    for (const std::string& problem : context_.volumes.refresh()) {
      context_.events.warning("FailedMount", problem);
    }
  } catch (const Error& error) {
    context_.events.warning("FailedMount", error.what());
  }
}

/// pod.json has been written anew, with other resources.
void PodSupervisor::take_resources() {
  try {
    const auto json = nlohmann::ordered_json::parse(read_file(context_.paths.manifest()));
    resize_->take(manifest::pod_from_json(json), runners());
  } catch (const std::exception& error) {
    context_.events.warning("ResizeError", std::string("Pod resize error: ") + error.what());
  }
}

std::vector<ContainerRunner*> PodSupervisor::runners() const {
  std::vector<ContainerRunner*> all;
  all.reserve(init_.size() + regular_.size());
  each([&](ContainerRunner& runner) { all.push_back(&runner); });
  return all;
}

void PodSupervisor::step(Moment now) {
  check_deadline(now);
  if (!context_.deleting && volumes_ready(now) && init_done()) start_regular();
  const bool begun =
      std::any_of(regular_.begin(), regular_.end(), [](const auto& r) { return r->begun(); });
  // When the last regular container has ended for good, so has the pod: what is left are sidecars.
  if (begun && regular_over() && !ending_) end_all(context_.pod.spec.termination_grace_period);
  if (ending_) give_turns();
  if (resize_->in_progress()) resize_->advance(now, runners());
}

bool PodSupervisor::init_done() {
  const bool pod_has_run =
      std::any_of(regular_.begin(), regular_.end(), [](const auto& r) { return r->begun(); });
  while (true) {
    std::vector<InitProgress> progress;
    for (const auto& runner : init_) {
      const auto* end = std::get_if<Terminated>(&runner->status().state);
      const bool ended = runner->ended() && end != nullptr;
      progress.push_back({runner->role(), runner->begun(), runner->started(),
                          ended ? std::optional<int>(end->exit_code) : std::nullopt});
    }
    const InitStep next = next_init_step(progress, pod_has_run);
    if (next.kind == InitStep::Kind::kStart) {
      init_[next.index]->start();
      continue;
    }
    init_failed_ = next.kind == InitStep::Kind::kFailed;
    return next.kind == InitStep::Kind::kDone;
  }
}

void PodSupervisor::start_regular() {
  for (const auto& runner : regular_) {
    if (!runner->begun()) runner->start();
    if (!runner->let_next_start()) return;
  }
}

void PodSupervisor::check_deadline(Moment now) {
  const auto limit = context_.pod.spec.active_deadline;
  if (!limit || context_.deleting || deadline_exceeded_ || now < started_ + *limit) return;
  deadline_exceeded_ = true;
  context_.events.normal("DeadlineExceeded",
                         "Pod was active on the node longer than the specified deadline");
  terminate(context_.pod.spec.termination_grace_period);
}

void PodSupervisor::terminate(Seconds grace) {
  context_.deleting = true;
  context_.status_changed = true;
  end_all(grace);
}

void PodSupervisor::end_all(Seconds grace) {
  ending_ = true;
  each([&](ContainerRunner& runner) {
    runner.stop(grace, runner.role() != ContainerRole::kSidecar);
  });
}

bool PodSupervisor::regular_over() const {
  return std::all_of(regular_.begin(), regular_.end(),
                     [](const auto& runner) { return runner->ended(); });
}

/// Who may have its stop signal by now: of the sidecars, one after the other.
void PodSupervisor::give_turns() {
  std::vector<TurnState> turns;
  each([&](ContainerRunner& runner) { turns.push_back({runner.role(), runner.ended()}); });
  std::size_t index = 0;
  each([&](ContainerRunner& runner) {
    if (has_turn(turns, index++)) runner.give_turn();
  });
}

bool PodSupervisor::all_ended() const {
  bool all = true;
  each([&](ContainerRunner& runner) { all = all && runner.ended(); });
  return all;
}

bool PodSupervisor::finished() const {
  if (all_ended()) return true;
  // An init container that failed for good keeps the regular ones from ever starting.
  return init_failed_ &&
         std::none_of(regular_.begin(), regular_.end(), [](const auto& r) { return r->begun(); }) &&
         std::all_of(init_.begin(), init_.end(),
                     [](const auto& r) { return r->ended() || !r->begun(); });
}

std::optional<Moment> PodSupervisor::next_deadline() const {
  std::optional<Moment> next = volumes_retry_;
  const auto consider = [&](const std::optional<Moment>& moment) {
    if (moment && (!next || *moment < *next)) next = moment;
  };
  if (context_.pod.spec.active_deadline && !context_.deleting)
    consider(started_ + *context_.pod.spec.active_deadline);
  consider(resize_->next_deadline());
  each([&](ContainerRunner& runner) { consider(runner.next_deadline()); });
  return next;
}

void PodSupervisor::publish() {
  if (context_.status_changed) {
    context_.status_changed = false;
    const PodStatus previous = status_;
    status_.init_container_statuses.clear();
    status_.container_statuses.clear();
    for (const auto& runner : init_) status_.init_container_statuses.push_back(runner->status());
    for (const auto& runner : regular_) status_.container_statuses.push_back(runner->status());
    status_.observed_generation = resize_->generation();
    settle(status_, context_.pod.spec,
           {sandbox_ready_, context_.deleting, deadline_exceeded_, resize_->progress()}, previous,
           context_.clock.wall());
    try {
      replace_file(context_.paths.status(), to_json(status_).dump());
    } catch (const Error&) {
      context_.status_changed = true;  // a full disk: the next turn tries again
    }
  }
  context_.events.flush();
  // The last one is written at the end of run().
  if (!finished() && std::exchange(context_.report_changed, false)) {
    try {
      write_report();
    } catch (const Error&) {
      context_.report_changed = true;
    }
  }
}

/// The daemon's figures come from elsewhere.
void PodSupervisor::write_report() const {
  if (context_.options.under_daemon) return;
  PodReport report;
  report.name = context_.pod.metadata.name;
  report.namespace_ = context_.pod.metadata.namespace_;
  report.uid = context_.pod.metadata.uid;
  report.status = status_;
  each([&](ContainerRunner& runner) { report.containers.push_back(runner.report()); });
  replace_file(context_.paths.report(), to_json(report).dump());
}

int PodSupervisor::exit_code() const {
  if (context_.deleting && !deadline_exceeded_) return 0;
  int code = 0;
  each([&](ContainerRunner& runner) {
    const auto* end = std::get_if<Terminated>(&runner.status().state);
    if (code == 0 && end != nullptr && runner.role() != ContainerRole::kSidecar)
      code = end->exit_code;
  });
  return code;
}

}  // namespace podrun::pod
