// A pod's row: its status as JSON, read as far as the row needs it, and summarized.
#include "base/duration.h"
#include "base/error.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/table_rows.h"
#include "supervisor/pod/summary.h"

namespace podrun::api {
namespace {

WallTime time_at(const Json& json, std::string_view path) try {
  const std::string text = text_at(json, path);
  return text.empty() ? WallTime{} : parse_rfc3339(text);
} catch (const BadInput&) {
  return {};
}

pod::Terminated terminated_from(const Json& json) {
  pod::Terminated ended;
  ended.exit_code = static_cast<int>(int_at(json, "exitCode"));
  ended.signal = static_cast<int>(int_at(json, "signal"));
  ended.reason = text_at(json, "reason");
  ended.finished_at = time_at(json, "finishedAt");
  return ended;
}

pod::ContainerStatus container_from(const Json& json) {
  pod::ContainerStatus status;
  status.name = text_at(json, "name");
  status.ready = bool_at(json, "ready");
  status.started = bool_at(json, "started");
  status.restart_count = static_cast<int>(int_at(json, "restartCount"));
  const Json& state = at_path(json, "state");
  if (const Json* ended = find_path(state, "terminated"); ended != nullptr) {
    status.state = terminated_from(*ended);
  } else if (find_path(state, "running") != nullptr) {
    status.state = pod::Running{};
  } else {
    status.state = pod::Waiting{text_at(state, "waiting.reason"), ""};
  }
  if (const Json* last = find_path(json, "lastState.terminated"); last != nullptr) {
    status.last_state = terminated_from(*last);
  }
  return status;
}

pod::PodStatus status_from(const Json& pod) {
  pod::PodStatus status;
  status.phase = text_at(pod, "status.phase");
  status.reason = text_at(pod, "status.reason");
  for (const Json& condition : at_path(pod, "status.conditions")) {
    status.conditions.push_back({text_at(condition, "type"),
                                 text_at(condition, "status"),
                                 text_at(condition, "reason"),
                                 "",
                                 {}});
  }
  for (const Json& container : at_path(pod, "status.initContainerStatuses")) {
    status.init_container_statuses.push_back(container_from(container));
  }
  for (const Json& container : at_path(pod, "status.containerStatuses")) {
    status.container_statuses.push_back(container_from(container));
  }
  return status;
}

manifest::PodSpec spec_from(const Json& pod) {
  manifest::PodSpec spec;
  spec.containers.resize(size_at(pod, "spec.containers"));
  for (const Json& container : at_path(pod, "spec.initContainers")) {
    manifest::Container& made = spec.init_containers.emplace_back();
    made.name = text_at(container, "name");
    made.restart_policy = text_at(container, "restartPolicy");
  }
  return spec;
}

std::string or_none(const std::string& text) { return text.empty() ? "<none>" : text; }

std::string readiness_gates(const Json& pod, const pod::PodStatus& status) {
  const Json& gates = at_path(pod, "spec.readinessGates");
  if (!gates.is_array() || gates.empty()) return "<none>";
  int open = 0;
  for (const Json& gate : gates) {
    const std::string type = text_at(gate, "conditionType");
    for (const auto& condition : status.conditions) {
      if (condition.type == type && condition.status == "True") ++open;
    }
  }
  return std::to_string(open) + "/" + std::to_string(gates.size());
}

}  // namespace

Json pod_cells(const Json& pod, WallTime now) {
  const pod::PodStatus status = status_from(pod);
  const bool deleting = !text_at(pod, "metadata.deletionTimestamp").empty();
  const pod::Summary row = pod::summarize(spec_from(pod), status, deleting);
  std::string restarts = std::to_string(row.restarts);
  if (row.restarts != 0 && row.last_restart && *row.last_restart != WallTime{}) {
    restarts += " (" + human_duration(now - *row.last_restart) + " ago)";
  }
  const Json& ips = at_path(pod, "status.podIPs");
  std::string ip = ips.is_array() && !ips.empty() ? text_at(ips.front(), "ip") : "";
  if (ip.empty()) ip = text_at(pod, "status.podIP");
  return Json::array(
      {text_at(pod, "metadata.name"), std::to_string(row.ready) + "/" + std::to_string(row.total),
       row.status, restarts, age_at(pod, "metadata.creationTimestamp", now), or_none(ip),
       or_none(text_at(pod, "spec.nodeName")), or_none(text_at(pod, "status.nominatedNodeName")),
       readiness_gates(pod, status)});
}

}  // namespace podrun::api
