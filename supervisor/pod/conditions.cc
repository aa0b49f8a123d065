#include "supervisor/pod/conditions.h"

#include <algorithm>
#include <optional>

namespace podrun::pod {
namespace {

using Names = std::vector<std::string>;

Condition condition(std::string type, bool status, std::string reason = "",
                    std::string message = "") {
  return {std::move(type), status ? "True" : "False", std::move(reason), std::move(message), {}, 0};
}

/// "[a b]"
std::string list(const Names& names) {
  std::string text = "[";
  for (const std::string& name : names) text += (text.size() > 1 ? " " : "") + name;
  return text + "]";
}

bool is_sidecar(const manifest::Container& container) {
  return role_of(container, true) == ContainerRole::kSidecar;
}

/// Containers whose status is not there, and those that lack something.
struct Lacking {
  Names unknown, lacking;

  /// `good`: of the container's status; nothing where the container does not matter.
  using Judge = std::optional<bool> (*)(const manifest::Container&, const ContainerStatus&);
  void look(const std::vector<manifest::Container>& containers,
            const std::vector<ContainerStatus>& statuses, Judge good) {
    for (const manifest::Container& container : containers) {
      const auto found =
          std::find_if(statuses.begin(), statuses.end(),
                       [&](const ContainerStatus& s) { return s.name == container.name; });
      const bool known = found != statuses.end();
      const std::optional<bool> verdict = good(container, known ? *found : ContainerStatus{});
      if (!verdict) continue;
      if (!known) {
        unknown.push_back(container.name);
      } else if (!*verdict) {
        lacking.push_back(container.name);
      }
    }
  }
  /// "containers with unknown status: [a], containers with unready status: [b]"; empty when nothing
  /// lacks.
  std::string message(const char* what) const {
    std::string text;
    if (!unknown.empty()) text = "containers with unknown status: " + list(unknown);
    if (!lacking.empty()) {
      text += (text.empty() ? "containers with " : ", containers with ") + std::string(what) +
              " status: " + list(lacking);
    }
    return text;
  }
};

Condition containers_ready(const char* type, const PodStatus& status,
                           const manifest::PodSpec& spec) {
  if (status.container_statuses.empty() && status.init_container_statuses.empty()) {
    return condition(type, false, "UnknownContainerStatuses");
  }
  Lacking unready;
  using Verdict = std::optional<bool>;
  unready.look(spec.init_containers, status.init_container_statuses,
               [](const manifest::Container& container, const ContainerStatus& s) {
                 return is_sidecar(container) ? Verdict(s.ready) : std::nullopt;
               });
  unready.look(
      spec.containers, status.container_statuses,
      [](const manifest::Container&, const ContainerStatus& s) { return Verdict(s.ready); });
  if (status.phase == "Succeeded" && unready.unknown.empty()) {
    return condition(type, false, "PodCompleted");
  }
  if (status.phase == "Failed") return condition(type, false, "PodFailed");
  const std::string message = unready.message("unready");
  if (!message.empty()) return condition(type, false, "ContainersNotReady", message);
  return condition(type, true);
}

Condition initialized(const PodStatus& status, const manifest::PodSpec& spec) {
  const char* const type = "Initialized";
  if (!spec.init_containers.empty() && status.container_statuses.empty() &&
      status.init_container_statuses.empty()) {
    return condition(type, false, "UnknownContainerStatuses");
  }
  Lacking incomplete;
  incomplete.look(spec.init_containers, status.init_container_statuses,
                  [](const manifest::Container& container, const ContainerStatus& s) {
                    return std::optional<bool>(is_sidecar(container) ? s.started : s.ready);
                  });
  if (status.phase == "Succeeded" && incomplete.unknown.empty()) {
    return condition(type, true, "PodCompleted");
  }
  // A pod that has run was initialized, even while a sidecar restarts.
  const bool has_run = std::any_of(
      status.container_statuses.begin(), status.container_statuses.end(),
      [](const ContainerStatus& s) { return !std::holds_alternative<Waiting>(s.state); });
  const std::string message = incomplete.message("incomplete");
  if (has_run || message.empty()) return condition(type, true);
  return condition(type, false, "ContainersNotInitialized", message);
}

}  // namespace

std::vector<Condition> conditions_of(const PodStatus& status, const manifest::PodSpec& spec,
                                     const PodFacts& facts) {
  std::vector<Condition> conditions{
      condition("PodReadyToStartContainers", facts.sandbox_ready), initialized(status, spec),
      containers_ready("Ready", status, spec), containers_ready("ContainersReady", status, spec),
      condition("PodScheduled", true)};
  if (facts.resize) {
    const std::string& error = facts.resize->error;
    conditions.push_back(
        condition("PodResizeInProgress", true, error.empty() ? "" : "Error", error));
  }
  return conditions;
}

}  // namespace podrun::pod
