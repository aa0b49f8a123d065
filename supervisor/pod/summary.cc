#include "supervisor/pod/summary.h"

#include <algorithm>

namespace podrun::pod {
namespace {

bool is_sidecar(const manifest::PodSpec& spec, const std::string& name) {
  return std::any_of(spec.init_containers.begin(), spec.init_containers.end(),
                     [&](const manifest::Container& container) {
                       return container.name == name && container.restart_policy == "Always";
                     });
}

bool condition_true(const PodStatus& status, const std::string& type) {
  return std::any_of(status.conditions.begin(), status.conditions.end(),
                     [&](const Condition& condition) {
                       return condition.type == type && condition.status == "True";
                     });
}

bool is_gated(const PodStatus& status) {
  return std::any_of(
      status.conditions.begin(), status.conditions.end(), [](const Condition& condition) {
        return condition.type == "PodScheduled" && condition.reason == "SchedulingGated";
      });
}

std::string terminated_text(const Terminated& ended) {
  if (!ended.reason.empty()) return ended.reason;
  if (ended.signal != 0) return "Signal:" + std::to_string(ended.signal);
  return "ExitCode:" + std::to_string(ended.exit_code);
}

/// Walks the parts of a status in printPod's order.
class Summarizer {
 public:
  Summarizer(const manifest::PodSpec& spec, const PodStatus& status)
      : spec_(spec), status_(status) {
    row_.total = static_cast<int>(spec.containers.size());
    row_.status = status.reason.empty() ? status.phase : status.reason;
    if (is_gated(status)) row_.status = "SchedulingGated";
    for (const auto& container : spec.init_containers) {
      if (container.restart_policy == "Always") ++row_.total;
    }
  }

  Summary run(bool deleting) {
    const bool initializing = take_init_containers();
    if (!initializing || condition_true(status_, "Initialized")) take_containers();
    const bool over = status_.phase == "Succeeded" || status_.phase == "Failed";
    if (deleting && status_.reason == "NodeLost") {
      row_.status = "Unknown";
    } else if (deleting && !over) {
      row_.status = "Terminating";
    }
    return std::move(row_);
  }

 private:
  static void note(std::optional<WallTime>& latest, const ContainerStatus& container) {
    if (!container.last_state) return;
    const WallTime ended = container.last_state->finished_at;
    if (!latest || *latest < ended) latest = ended;
  }
  void count_restarts(const ContainerStatus& container) {
    row_.restarts += container.restart_count;
    note(row_.last_restart, container);
  }

  /// True while an init container holds the pod up; its state is then the row's status.
  bool take_init_containers() {
    int index = 0;
    for (const ContainerStatus& container : status_.init_container_statuses) {
      const int place = index++;
      const bool sidecar = is_sidecar(spec_, container.name);
      count_restarts(container);
      if (sidecar) {
        sidecar_restarts_ += container.restart_count;
        note(sidecar_last_restart_, container);
      }
      const auto* ended = std::get_if<Terminated>(&container.state);
      const auto* waiting = std::get_if<Waiting>(&container.state);
      if (ended != nullptr && ended->exit_code == 0) continue;
      if (sidecar && container.started) {
        if (container.ready) ++row_.ready;
        continue;
      }
      if (ended != nullptr) {
        row_.status = "Init:" + terminated_text(*ended);
      } else if (waiting != nullptr && !waiting->reason.empty() &&
                 waiting->reason != "PodInitializing") {
        row_.status = "Init:" + waiting->reason;
      } else {
        row_.status =
            "Init:" + std::to_string(place) + "/" + std::to_string(spec_.init_containers.size());
      }
      return true;
    }
    return false;
  }

  void take_containers() {
    row_.restarts = sidecar_restarts_;
    row_.last_restart = sidecar_last_restart_;
    bool running = false;
    const auto& containers = status_.container_statuses;
    for (auto container = containers.rbegin(); container != containers.rend(); ++container) {
      count_restarts(*container);
      if (const auto* waiting = std::get_if<Waiting>(&container->state)) {
        if (!waiting->reason.empty()) row_.status = waiting->reason;
      } else if (const auto* ended = std::get_if<Terminated>(&container->state)) {
        row_.status = terminated_text(*ended);
      } else if (container->ready && std::holds_alternative<Running>(container->state)) {
        running = true;
        ++row_.ready;
      }
    }
    if (row_.status == "Completed" && running) {
      row_.status = condition_true(status_, "Ready") ? "Running" : "NotReady";
    }
  }

  const manifest::PodSpec& spec_;
  const PodStatus& status_;
  int sidecar_restarts_ = 0;
  std::optional<WallTime> sidecar_last_restart_;
  Summary row_;
};

}  // namespace

Summary summarize(const manifest::PodSpec& spec, const PodStatus& status, bool deleting) {
  return Summarizer(spec, status).run(deleting);
}

}  // namespace podrun::pod
