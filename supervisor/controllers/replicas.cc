#include "supervisor/controllers/replicas.h"

#include <algorithm>
#include <set>

#include "supervisor/controllers/pod_names.h"

namespace podrun::controllers {
namespace {

std::int64_t wanted_replicas(const Json& controller) {
  return number_at(controller, {"spec", "replicas"}, 1);
}

Seconds min_ready(const Json& controller) {
  return Seconds(number_at(controller, {"spec", "minReadySeconds"}));
}

bool carries_labels(const Json& pod, const Json* labels) {
  if (labels == nullptr) return true;
  for (const auto& [key, value] : labels->items()) {
    const Json* own = find(pod, {"metadata", "labels", key.c_str()});
    if (own == nullptr || *own != value) return false;
  }
  return true;
}

/// Validation sees to it; without it, each pod would be released as soon as it is there.
bool selects_its_template(const Json& controller) {
  const Json* spec = find(controller, {"spec", "template"});
  return spec != nullptr && Selector::of(controller).matches(*spec);
}

/// The condition ReplicaFailure, in `conditions` as they were.
Json with_failure(const Json* conditions, const std::optional<ReplicaFailure>& failure,
                  WallTime now) {
  Json kept = Json::array();
  bool is_told = false;
  if (conditions != nullptr) {
    for (const Json& each : *conditions) {
      const bool is_it = text_at(each, {"type"}) == "ReplicaFailure";
      if (is_it && !failure) continue;
      is_told |= is_it;
      kept.push_back(each);
    }
  }
  // One that stands is left as it is: a text that differs each time must not make a write each
  // time.
  if (failure && !is_told) {
    kept.push_back({{"type", "ReplicaFailure"},
                    {"status", "True"},
                    {"lastTransitionTime", rfc3339(now)},
                    {"reason", failure->reason},
                    {"message", failure->message}});
  }
  return kept;
}

}  // namespace

ReplicaPlan plan_replicas(const Json& controller, const std::vector<store::Object>& pods,
                          const NodeLoad& load, WallTime now) {
  ReplicaPlan plan;
  Claims claims = decide_claims(controller, active_of(pods));
  plan.owned = std::move(claims.owned);
  plan.owned.insert(plan.owned.end(), claims.adopt.begin(), claims.adopt.end());
  plan.adopt = std::move(claims.adopt);
  plan.release = std::move(claims.release);
  if (is_being_deleted(controller)) return plan;
  const std::int64_t missing =
      wanted_replicas(controller) - static_cast<std::int64_t>(plan.owned.size());
  const std::int64_t count = std::min(std::abs(missing), kBurstReplicas);
  if (missing > 0 && !selects_its_template(controller)) return plan;
  plan.is_cut = std::abs(missing) > count;
  if (missing > 0) plan.create = count;
  if (missing < 0) {
    plan.remove = pods_to_delete(plan.owned, static_cast<std::size_t>(count), load, now);
  }
  return plan;
}

std::vector<std::int64_t> slow_start_batches(std::int64_t count) {
  std::vector<std::int64_t> batches;
  for (std::int64_t size = 1; count > 0; size *= 2) {
    batches.push_back(std::min(size, count));
    count -= batches.back();
  }
  return batches;
}

Json pod_from_template(const Json& controller, const Json& owner_ref) {
  Json meta = {{"generateName", pod_name_prefix(name_of(controller))},
               {"namespace", text_at(controller, {"metadata", "namespace"})}};
  for (const char* field : {"labels", "annotations", "finalizers"}) {
    const Json* given = find(controller, {"spec", "template", "metadata", field});
    if (given != nullptr && !given->empty()) meta[field] = *given;
  }
  meta["ownerReferences"] = Json::array({owner_ref});
  const Json* spec = find(controller, {"spec", "template", "spec"});
  return {{"apiVersion", "v1"},
          {"kind", "Pod"},
          {"metadata", std::move(meta)},
          {"spec", spec == nullptr ? Json::object() : *spec}};
}

NodeLoad related_load(const Json& controller, const std::vector<store::Object>& siblings,
                      const std::vector<store::Object>& pods) {
  std::set<std::string> uids = {uid_of(controller)};
  const std::string& owner = controller_uid(controller);
  if (!owner.empty()) {
    for (const store::Object& each : siblings) {
      if (controller_uid(*each.json) == owner) uids.insert(uid_of(*each.json));
    }
  }
  NodeLoad load;
  for (const store::Object& each : pods) {
    if (is_active(*each.json) && uids.count(controller_uid(*each.json)) > 0) {
      ++load[text_at(*each.json, {"spec", "nodeName"})];
    }
  }
  return load;
}

Json replica_status(const Json& controller, const std::vector<store::Object>& owned,
                    const std::optional<ReplicaFailure>& failure, WallTime now) {
  const Json* labels = find(controller, {"spec", "template", "metadata", "labels"});
  std::int64_t labelled = 0, ready = 0, available = 0;
  for (const store::Object& each : owned) {
    labelled += carries_labels(*each.json, labels);
    ready += is_ready(*each.json);
    const std::optional<WallTime> since = available_at(*each.json, min_ready(controller));
    available += since && *since <= now;
  }
  Json status = {{"replicas", owned.size()}};
  const auto set = [&status](const char* name, std::int64_t value) {
    if (value != 0) status[name] = value;
  };
  set("fullyLabeledReplicas", labelled);
  set("readyReplicas", ready);
  set("availableReplicas", available);
  set("observedGeneration", number_at(controller, {"metadata", "generation"}));
  Json conditions = with_failure(find(controller, {"status", "conditions"}), failure, now);
  if (!conditions.empty()) status["conditions"] = std::move(conditions);
  return status;
}

std::optional<WallTime> next_available(const Json& controller,
                                       const std::vector<store::Object>& owned, WallTime now) {
  std::optional<WallTime> next;
  for (const store::Object& each : owned) {
    const std::optional<WallTime> at = available_at(*each.json, min_ready(controller));
    if (at && *at > now && (!next || *at < *next)) next = at;
  }
  return next;
}

}  // namespace podrun::controllers
