#include "supervisor/node/resize.h"

#include <algorithm>
#include <array>

#include "supervisor/manifest/json.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

constexpr std::array kLists = {"containers", "initContainers"};

/// A list in a part of the pod; empty where there is none.
const Json& list_in(const Json& pod, const char* part, const char* list) {
  static const Json none = Json::array();
  const auto section = pod.find(part);
  if (section == pod.end() || !section->is_object()) return none;
  const auto found = section->find(list);
  return found == section->end() ? none : *found;
}

/// A container that is resized has what the node gave it until the resize is taken.
Json as_allocated(Json pod) {
  for (const Json& status : Json(list_in(pod, "status", "containerStatuses"))) {
    const auto allocated = status.find("allocatedResources");
    if (allocated == status.end()) continue;
    for (Json& container : pod["spec"]["containers"]) {
      if (container.at("name") == status.at("name")) {
        container["resources"]["requests"] = *allocated;
      }
    }
  }
  return pod;
}

manifest::PodRequests allocatable_of(const Json& node) {
  const Json quantities = node.value("status", Json::object()).value("allocatable", Json::object());
  const auto quantity = [&](const char* name) {
    return Quantity::parse(quantities.value(name, "0"));
  };
  return {quantity("cpu").milli_value(), quantity("memory").value()};
}

struct Resource {
  const char* name;
  std::int64_t manifest::PodRequests::*amount;
};
// A kubelet names memory first where neither fits in the machine, and cpu where others are in the
// way.
constexpr std::array kMemoryFirst = {Resource{"memory", &manifest::PodRequests::memory},
                                     Resource{"cpu", &manifest::PodRequests::cpu_milli}};
constexpr std::array kCpuFirst = {kMemoryFirst[1], kMemoryFirst[0]};

}  // namespace

Json resources_of(const Json& pod) {
  Json all = Json::object();
  for (const char* list : kLists) {
    for (const Json& container : list_in(pod, "spec", list)) {
      all[list][container.value("name", "")] = container.value("resources", Json::object());
    }
  }
  return all;
}

Json with_resources(Json pod, const Json& from) {
  const Json given = resources_of(from);
  for (const char* list : kLists) {
    if (!given.contains(list) || !pod.at("spec").contains(list)) continue;
    for (Json& container : pod["spec"][list]) {
      const auto found = given[list].find(container.value("name", ""));
      if (found != given[list].end()) container["resources"] = *found;
    }
  }
  return pod;
}

NodeRoom room_for(const std::string& uid, const Json& node,
                  const std::vector<store::Object>& pods) {
  NodeRoom room{allocatable_of(node), {}};
  const std::string name = text_at(node, "metadata", "name");
  for (const store::Object& pod : pods) {
    const Json& json = *pod.json;
    if (uid_of(json) == uid || text_at(json, "spec", "nodeName") != name ||
        is_final(json.value("status", Json::object()))) {
      continue;
    }
    const auto asked = manifest::pod_requests(manifest::pod_from_json(as_allocated(json)).spec);
    room.used.cpu_milli += asked.cpu_milli;
    room.used.memory += asked.memory;
  }
  return room;
}

ResizeVerdict judge_resize(const manifest::PodRequests& has, const manifest::PodRequests& wanted,
                           const NodeRoom& room) {
  const auto text = [](std::int64_t number) { return std::to_string(number); };
  for (const auto& [name, amount] : kMemoryFirst) {
    if (wanted.*amount <= has.*amount || wanted.*amount <= room.allocatable.*amount) continue;
    return {"Infeasible", std::string("Node didn't have enough capacity: ") + name +
                              ", requested: " + text(wanted.*amount) +
                              ", capacity: " + text(room.allocatable.*amount)};
  }
  for (const auto& [name, amount] : kCpuFirst) {
    const std::int64_t left = room.allocatable.*amount - room.used.*amount;
    if (wanted.*amount <= has.*amount || wanted.*amount <= left) continue;
    return {"Deferred", std::string("Node didn't have enough resource: ") + name + ", requested: " +
                            text(wanted.*amount) + ", used: " + text(room.used.*amount) +
                            ", capacity: " + text(room.allocatable.*amount)};
  }
  return {};
}

bool is_pending(const Json& status) {
  const Json conditions = status.value("conditions", Json::array());
  return std::any_of(conditions.begin(), conditions.end(),
                     [](const Json& each) { return each.value("type", "") == kResizePending; });
}

bool show_pending(Json& status, const ResizeVerdict& verdict, std::int64_t generation,
                  WallTime now) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  const auto found = std::find_if(conditions.begin(), conditions.end(), [](const Json& each) {
    return each.value("type", "") == kResizePending;
  });
  if (verdict.fits()) {
    if (found == conditions.end()) return false;
    conditions.erase(found);
    return true;
  }
  Json condition{{"lastProbeTime", nullptr},   {"lastTransitionTime", rfc3339(now)},
                 {"message", verdict.message}, {"observedGeneration", generation},
                 {"reason", verdict.reason},   {"status", "True"},
                 {"type", kResizePending}};
  if (found == conditions.end()) {
    conditions.push_back(std::move(condition));
    return true;
  }
  condition["lastTransitionTime"] = found->value("lastTransitionTime", rfc3339(now));
  if (*found == condition) return false;
  *found = std::move(condition);
  return true;
}

}  // namespace podrun::node
