#include "supervisor/node/pod_object.h"

#include <algorithm>
#include <array>

namespace podrun::node {
namespace {

const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

bool names_containers(const Json& status) {
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const Json& container : member(status, list)) {
      if (!text_of(member(container, "containerID")).empty()) return true;
    }
  }
  return false;
}

const Json* find_condition(const Json& status, const std::string& type) {
  for (const Json& condition : member(status, "conditions")) {
    if (text_of(member(condition, "type")) == type) return &condition;
  }
  return nullptr;
}

/// The scheduler's, of which the supervisor only repeats that it is true.
bool is_kept(const Json& condition, const Json& from_supervisor) {
  const std::string type = text_of(member(condition, "type"));
  if (find_condition(from_supervisor, type) == nullptr) return true;
  return type == "PodScheduled" && text_of(member(condition, "status")) == "True";
}

Json merged_conditions(const Json& present, const Json& from_supervisor) {
  Json all = Json::array();
  for (const Json& condition : member(from_supervisor, "conditions")) {
    const Json* before = find_condition(present, text_of(member(condition, "type")));
    all.push_back(before != nullptr && is_kept(*before, from_supervisor) ? *before : condition);
  }
  for (const Json& condition : member(present, "conditions")) {
    const std::string type = text_of(member(condition, "type"));
    // The supervisor's, which it leaves out where it does not hold.
    if (type == "PodResizeInProgress") continue;
    if (find_condition(from_supervisor, type) == nullptr) all.push_back(condition);
  }
  return all;
}

}  // namespace

std::string text_at(const Json& object, const char* section, const char* field) {
  return text_of(member(member(object, section), field));
}

ApiView view_of(const Json* pod, const std::string& node_name) {
  ApiView view;
  if (pod == nullptr) return view;
  const std::string node = text_at(*pod, "spec", "nodeName");
  view.place = node.empty()        ? ApiView::Place::kUnbound
               : node == node_name ? ApiView::Place::kHere
                                   : ApiView::Place::kElsewhere;
  const Json& status = member(*pod, "status");
  view.ended = is_final(status);
  view.has_run = names_containers(status);
  const Json& metadata = member(*pod, "metadata");
  view.deleting = member(metadata, "deletionTimestamp").is_string();
  const Json& grace = member(metadata, "deletionGracePeriodSeconds");
  if (grace.is_number_integer()) {
    view.grace = Seconds(std::max<std::int64_t>(0, grace.get<std::int64_t>()));
    // A grace of 0 is what a confirmation leaves while finalizers hold the object; a forced
    // deletion leaves it too, but the last phase is this node's to set.
    view.confirmed = view.deleting && view.ended && view.grace == Seconds(0) &&
                     !member(metadata, "finalizers").empty();
  }
  return view;
}

bool is_final(const Json& status) {
  const std::string phase = text_of(member(status, "phase"));
  return phase == "Succeeded" || phase == "Failed";
}

std::optional<Json> with_last_phase(const Json& pod) {
  const bool is_held = !member(member(pod, "metadata"), "finalizers").empty();
  if (!is_held || is_final(member(pod, "status"))) return std::nullopt;
  Json ended = pod;
  ended["status"]["phase"] = "Failed";
  return ended;
}

bool has_ended(const Json& status, const Json& pod) {
  if (!is_final(status)) return false;
  const std::string policy = text_at(pod, "spec", "restartPolicy");
  const bool always = policy.empty() || policy == "Always";
  return !always || text_of(member(status, "reason")) == "DeadlineExceeded";
}

Json merged_status(const Json& present, const Json& from_supervisor, const std::string& host_ip) {
  Json status = present.is_object() ? present : Json::object();
  // The supervisor's account is whole: what it does not say any more does not hold any more.
  for (const char* field : {"reason", "message", "podIP", "podIPs"}) status.erase(field);
  for (const auto& [field, value] : from_supervisor.items()) status[field] = value;
  status["conditions"] = merged_conditions(present, from_supervisor);
  if (!host_ip.empty()) {
    status["hostIP"] = host_ip;
    status["hostIPs"] = Json::array({{{"ip", host_ip}}});
  }
  return status;
}

Json rejected_status(const Json& present, const std::string& reason, const std::string& message,
                     WallTime now) {
  Json status = present.is_object() ? present : Json::object();
  status["phase"] = "Failed";
  status["reason"] = reason;
  status["message"] = "Pod was rejected: " + message;
  status["startTime"] = rfc3339(now);
  return status;
}

Json reference_to(const Json& pod) {
  Json reference = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  for (const char* field : {"name", "namespace", "uid", "resourceVersion"}) {
    const std::string value = text_at(pod, "metadata", field);
    if (!value.empty()) reference[field] = value;
  }
  return reference;
}

}  // namespace podrun::node
