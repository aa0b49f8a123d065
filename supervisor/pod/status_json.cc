// PodStatus from and to core/v1 JSON.
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/utf8.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {
namespace {

using Json = nlohmann::ordered_json;

Json time_json(WallTime time) {
  if (time == WallTime{}) return nullptr;
  return rfc3339(time);
}

WallTime time_from(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return {};
  return parse_rfc3339(found->get<std::string>());
}

void put_text(Json& json, const char* field, const std::string& text) {
  if (!text.empty()) json[field] = valid_utf8(text);
}

Json to_json(const Terminated& ended) {
  Json json;
  put_text(json, "containerID", ended.container_id);
  json["exitCode"] = ended.exit_code;
  json["finishedAt"] = time_json(ended.finished_at);
  put_text(json, "message", ended.message);
  put_text(json, "reason", ended.reason);
  if (ended.signal != 0) json["signal"] = ended.signal;
  json["startedAt"] = time_json(ended.started_at);
  return json;
}

Json to_json(const ContainerState& state) {
  Json json = Json::object();
  if (const auto* waiting = std::get_if<Waiting>(&state)) {
    Json& inner = json["waiting"] = Json::object();
    put_text(inner, "message", waiting->message);
    put_text(inner, "reason", waiting->reason);
  } else if (const auto* running = std::get_if<Running>(&state)) {
    json["running"] = {{"startedAt", time_json(running->started_at)}};
  } else {
    json["terminated"] = to_json(std::get<Terminated>(state));
  }
  return json;
}

Json to_json(const ContainerStatus& status) {
  Json json;
  if (!status.allocated.empty()) {
    Json& allocated = json["allocatedResources"] = Json::object();
    for (const auto& [name, quantity] : status.allocated) allocated[name] = quantity.text();
  }
  put_text(json, "containerID", status.container_id);
  json["image"] = status.image;
  json["imageID"] = status.image_id;
  Json& last = json["lastState"] = Json::object();
  if (status.last_state) last["terminated"] = to_json(*status.last_state);
  json["name"] = status.name;
  json["ready"] = status.ready;
  if (status.resources) json["resources"] = manifest::to_json(*status.resources);
  json["restartCount"] = status.restart_count;
  json["started"] = status.started;
  json["state"] = to_json(status.state);
  return json;
}

Json to_json(const Condition& condition) {
  Json json;
  json["lastProbeTime"] = nullptr;
  json["lastTransitionTime"] = time_json(condition.last_transition);
  put_text(json, "message", condition.message);
  if (condition.observed_generation != 0) {
    json["observedGeneration"] = condition.observed_generation;
  }
  put_text(json, "reason", condition.reason);
  json["status"] = condition.status;
  json["type"] = condition.type;
  return json;
}

template <typename Item>
Json to_json(const std::vector<Item>& items) {
  Json json = Json::array();
  for (const Item& item : items) json.push_back(to_json(item));
  return json;
}

Terminated terminated_from(const Json& json) {
  Terminated ended;
  ended.container_id = json.value("containerID", "");
  ended.exit_code = json.at("exitCode").get<int>();
  ended.signal = json.value("signal", 0);
  ended.reason = json.value("reason", "");
  ended.message = json.value("message", "");
  ended.started_at = time_from(json, "startedAt");
  ended.finished_at = time_from(json, "finishedAt");
  return ended;
}

ContainerState state_from(const Json& json) {
  if (const auto running = json.find("running"); running != json.end()) {
    return Running{time_from(*running, "startedAt")};
  }
  if (const auto ended = json.find("terminated"); ended != json.end()) {
    return terminated_from(*ended);
  }
  const Json waiting = json.value("waiting", Json::object());
  return Waiting{waiting.value("reason", ""), waiting.value("message", "")};
}

ContainerStatus container_from(const Json& json) {
  ContainerStatus status;
  status.name = json.at("name").get<std::string>();
  status.image = json.value("image", "");
  status.image_id = json.value("imageID", "");
  status.container_id = json.value("containerID", "");
  status.state = state_from(json.value("state", Json::object()));
  const Json last = json.value("lastState", Json::object());
  if (const auto ended = last.find("terminated"); ended != last.end()) {
    status.last_state = terminated_from(*ended);
  }
  status.ready = json.value("ready", false);
  status.started = json.value("started", false);
  status.restart_count = json.value("restartCount", 0);
  return status;
}

Condition condition_from(const Json& json) {
  return {json.at("type").get<std::string>(),
          json.at("status").get<std::string>(),
          json.value("reason", ""),
          json.value("message", ""),
          time_from(json, "lastTransitionTime"),
          json.value("observedGeneration", std::int64_t{0})};
}

template <typename Read>
auto items_from(const Json& json, const char* field, const Read& read) {
  std::vector<decltype(read(json))> items;
  for (const Json& item : json.value(field, Json::array())) items.push_back(read(item));
  return items;
}

void put_address(Json& json, const char* field, const char* list_field, const std::string& ip) {
  if (ip.empty()) return;
  json[field] = ip;
  json[list_field] = Json::array({{{"ip", ip}}});
}

}  // namespace

Json to_json(const PodStatus& status) {
  Json json = Json::object();
  if (!status.conditions.empty()) json["conditions"] = to_json(status.conditions);
  if (!status.container_statuses.empty()) {
    json["containerStatuses"] = to_json(status.container_statuses);
  }
  put_address(json, "hostIP", "hostIPs", status.host_ip);
  if (!status.init_container_statuses.empty()) {
    json["initContainerStatuses"] = to_json(status.init_container_statuses);
  }
  put_text(json, "message", status.message);
  if (status.observed_generation != 0) json["observedGeneration"] = status.observed_generation;
  put_text(json, "phase", status.phase);
  put_address(json, "podIP", "podIPs", status.pod_ip);
  put_text(json, "qosClass", status.qos_class);
  put_text(json, "reason", status.reason);
  if (status.start_time != WallTime{}) json["startTime"] = rfc3339(status.start_time);
  return json;
}

PodStatus pod_status_from_json(const Json& json) {
  try {
    if (!json.is_object()) throw BadInput("not a PodStatus: not an object");
    PodStatus status;
    status.phase = json.value("phase", "");
    status.reason = json.value("reason", "");
    status.message = json.value("message", "");
    status.host_ip = json.value("hostIP", "");
    status.pod_ip = json.value("podIP", "");
    status.conditions = items_from(json, "conditions", condition_from);
    status.init_container_statuses = items_from(json, "initContainerStatuses", container_from);
    status.container_statuses = items_from(json, "containerStatuses", container_from);
    status.start_time = time_from(json, "startTime");
    status.qos_class = json.value("qosClass", "");
    return status;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(std::string("not a PodStatus: ") + error.what());
  }
}

}  // namespace podrun::pod
