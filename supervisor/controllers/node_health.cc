#include "supervisor/controllers/node_health.h"

#include <algorithm>
#include <array>

#include "supervisor/controllers/limit.h"
#include "supervisor/manifest/pod_condition.h"

namespace podrun::controllers {
namespace {

struct TaintRule {
  const char* condition;
  const char* status;
  const char* key;
};
constexpr std::array<TaintRule, 6> kRules = {{
    {"Ready", "False", "node.kubernetes.io/not-ready"},
    {"Ready", "Unknown", "node.kubernetes.io/unreachable"},
    {"MemoryPressure", "True", "node.kubernetes.io/memory-pressure"},
    {"DiskPressure", "True", "node.kubernetes.io/disk-pressure"},
    {"NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"},
    {"PIDPressure", "True", "node.kubernetes.io/pid-pressure"},
}};
constexpr const char* kUnschedulable = "node.kubernetes.io/unschedulable";
constexpr std::array<const char*, 4> kReported = {"Ready", "MemoryPressure", "DiskPressure",
                                                  "PIDPressure"};

bool is_about_ready(const std::string& key) { return key == kRules[0].key || key == kRules[1].key; }

/// Taints that conditions put and take, with this effect.
bool is_ours(const std::string& key, const std::string& effect) {
  if (effect == "NoExecute") return is_about_ready(key);
  if (effect != "NoSchedule") return false;
  return key == kUnschedulable ||
         std::any_of(kRules.begin(), kRules.end(),
                     [&](const TaintRule& rule) { return key == rule.key; });
}

/// It was taken for lost before.
bool is_driven(const Json& node) {
  const std::vector<scheduling::Taint> taints = scheduling::taints_of(node);
  return std::any_of(taints.begin(), taints.end(), [](const scheduling::Taint& taint) {
    return taint.effect == "NoExecute" && is_about_ready(taint.key);
  });
}

bool holds(const Json& node, const std::string& key) {
  if (key == kUnschedulable) return flag_at(node, {"spec", "unschedulable"});
  return std::any_of(kRules.begin(), kRules.end(), [&](const TaintRule& rule) {
    const Json* condition = condition_of(node, rule.condition);
    return key == rule.key && condition != nullptr &&
           text_at(*condition, {"status"}) == rule.status;
  });
}

Json* find_condition_in(Json& conditions, const char* type) {
  for (Json& each : conditions) {
    if (text_at(each, {"type"}) == type) return &each;
  }
  return nullptr;
}

Json& conditions_of(Json& status) {
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  return conditions;
}

}  // namespace

bool is_node_ready(const Json& node) {
  const Json* ready = condition_of(node, "Ready");
  return ready != nullptr && text_at(*ready, {"status"}) == "True";
}

bool has_reported(const Json& node) { return condition_of(node, "Ready") != nullptr; }

Json lost_status(const Json& node, WallTime now) {
  Json status = node.value("status", Json::object());
  Json& conditions = conditions_of(status);
  for (const char* type : kReported) {
    Json* condition = find_condition_in(conditions, type);
    if (condition == nullptr) {
      conditions.push_back({{"lastHeartbeatTime", text_at(node, {"metadata", "creationTimestamp"})},
                            {"lastTransitionTime", rfc3339(now)},
                            {"message", "Kubelet never posted node status."},
                            {"reason", "NodeStatusNeverUpdated"},
                            {"status", "Unknown"},
                            {"type", type}});
    } else if (text_at(*condition, {"status"}) != "Unknown") {
      (*condition)["status"] = "Unknown";
      (*condition)["reason"] = "NodeStatusUnknown";
      (*condition)["message"] = "Kubelet stopped posting node status.";
      (*condition)["lastTransitionTime"] = rfc3339(now);
    }
  }
  return status;
}

Eviction eviction_of(std::int64_t ready, std::int64_t not_ready) {
  constexpr std::int64_t kFew = 2, kUnhealthyPercent = 55, kLargeCluster = 50;
  const std::int64_t all = ready + not_ready;
  if (ready == 0) return Eviction::kNone;
  const bool is_disrupted = not_ready > kFew && not_ready * 100 >= all * kUnhealthyPercent;
  return is_disrupted && all <= kLargeCluster ? Eviction::kHeld : Eviction::kAllowed;
}

Json wanted_taints(const Json& node, Eviction eviction, WallTime now) {
  Json taints = Json::array();
  const Json* present = find(node, {"spec", "taints"});
  const auto has = [&](const std::string& key, const char* effect) {
    return std::any_of(taints.begin(), taints.end(), [&](const Json& taint) {
      return text_at(taint, {"key"}) == key && text_at(taint, {"effect"}) == effect;
    });
  };
  if (present != nullptr) {
    for (const Json& taint : *present) {
      const std::string& key = text_at(taint, {"key"});
      const std::string& effect = text_at(taint, {"effect"});
      const bool evicts = effect == "NoExecute";
      if (!is_ours(key, effect) || (holds(node, key) && (!evicts || eviction != Eviction::kNone))) {
        taints.push_back(taint);
      }
    }
  }
  const auto add = [&](const char* key, const char* effect) {
    if (has(key, effect)) return;
    taints.push_back({{"effect", effect}, {"key", key}, {"timeAdded", rfc3339(now)}});
  };
  // not-ready and unreachable are exchanged whatever becomes of others.
  const bool drives =
      eviction == Eviction::kAllowed || (eviction == Eviction::kHeld && is_driven(node));
  for (const TaintRule& rule : kRules) {
    if (!holds(node, rule.key)) continue;
    add(rule.key, "NoSchedule");
    if (is_about_ready(rule.key) && drives) add(rule.key, "NoExecute");
  }
  if (holds(node, kUnschedulable)) add(kUnschedulable, "NoSchedule");
  return taints;
}

std::string taint_name(const scheduling::Taint& taint) {
  return taint.key + "=" + taint.value + ":" + taint.effect;
}

std::vector<Drive> drives_of(const Json& node, const std::map<std::string, WallTime>& first_seen) {
  std::vector<Drive> drives;
  const Json* taints = find(node, {"spec", "taints"});
  if (taints == nullptr) return drives;
  const std::vector<scheduling::Taint> read = scheduling::taints_of(node);
  drives.reserve(read.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (read[i].effect != "NoExecute") continue;
    std::optional<WallTime> since = time_at((*taints)[i], {"timeAdded"});
    const auto seen = first_seen.find(taint_name(read[i]));
    if (!since && seen != first_seen.end()) since = seen->second;
    drives.push_back({read[i], since.value_or(WallTime::max())});
  }
  return drives;
}

namespace {

/// Since when the pod is on its node.
WallTime bound_at(const Json& pod) {
  const Json* scheduled = condition_of(pod, "PodScheduled");
  std::optional<WallTime> when;
  if (scheduled != nullptr && text_at(*scheduled, {"status"}) == "True") {
    when = time_at(*scheduled, {"lastTransitionTime"});
  }
  if (!when) when = time_at(pod, {"metadata", "creationTimestamp"});
  return when.value_or(WallTime::min());
}

}  // namespace

std::optional<WallTime> eviction_time(const Json& pod, const std::vector<Drive>& drives) {
  const Json* spec = find(pod, {"spec"});
  const std::vector<scheduling::Toleration> tolerations =
      spec == nullptr ? std::vector<scheduling::Toleration>() : scheduling::tolerations_of(*spec);
  const WallTime bound = bound_at(pod);
  std::optional<WallTime> first;
  for (const Drive& drive : drives) {
    const auto used = std::find_if(tolerations.begin(), tolerations.end(),
                                   [&](const scheduling::Toleration& toleration) {
                                     return scheduling::tolerates(toleration, drive.taint);
                                   });
    if (used == tolerations.end()) return WallTime::min();
    if (!used->seconds || drive.since == WallTime::max()) continue;
    const std::optional<Seconds> limit = limit_of(*used->seconds);
    if (!limit) continue;
    const WallTime when = std::max(drive.since, bound) + *limit;
    first = first ? std::min(*first, when) : when;
  }
  return first;
}

std::optional<Json> made_unready(const Json& pod, WallTime now) {
  const Json* ready = condition_of(pod, "Ready");
  if (ready == nullptr || text_at(*ready, {"status"}) != "True") return std::nullopt;
  Json changed = pod;
  Json& condition = *find_condition_in(conditions_of(changed["status"]), "Ready");
  condition["status"] = "False";
  condition["lastTransitionTime"] = rfc3339(now);
  return changed;
}

Json marked_for_eviction(const Json& pod, WallTime now) {
  Json changed = pod;
  Json& conditions = conditions_of(changed["status"]);
  Json condition = manifest::disruption_target(
      "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", now);
  if (Json* present = find_condition_in(conditions, "DisruptionTarget")) {
    *present = std::move(condition);
  } else {
    conditions.push_back(std::move(condition));
  }
  return changed;
}

}  // namespace podrun::controllers
