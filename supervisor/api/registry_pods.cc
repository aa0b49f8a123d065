// What is done to pods alone: eviction and binding.
#include <algorithm>
#include <utility>

#include "supervisor/api/registry.h"
#include "supervisor/manifest/pod_condition.h"

namespace podrun::api {
namespace {

using store::Json;
using store::ObjectKey;

bool has_reason(const Json& pod, const char* reason) {
  const Json conditions = pod.value("status", Json::object()).value("conditions", Json::array());
  return std::any_of(conditions.begin(), conditions.end(), [&](const Json& condition) {
    return condition.value("reason", "") == reason;
  });
}

}  // namespace

/// pkg/registry/core/pod/storage/eviction.go, addConditionAndDeletePod.
void Registry::evict(const ObjectKey& key, DeleteOptions options) {
  constexpr const char* kReason = "EvictionByEvictionAPI";
  const bool dry_run = std::exchange(options.dry_run, true);
  remove(key, options);  // whatever stands against it is said before the pod is changed
  if (dry_run) return;
  if (const store::Object old = *store_.find(key); !has_reason(*old.json, kReason)) {
    Json pod = *old.json;
    manifest::set_condition(
        pod, manifest::disruption_target(kReason, "Eviction API: evicting", clock_.wall()));
    put(old, std::move(pod));
  }
  options.dry_run = false;
  options.resource_version.clear();
  remove(key, options);
}

/// pkg/registry/core/pod/storage/storage.go, setPodNodeAndMetadata.
void Registry::assign(const ObjectKey& key, const std::string& node, bool dry_run) {
  const Subject subject{"", "pods", "Pod", key.name};
  if (store_.find(key) == nullptr) throw not_found(subject);
  const store::Object old = *store_.find(key);
  const auto refuse = [&](const std::string& why) {
    return conflict({"", "pods/binding", "Pod", key.name}, "pod " + key.name + " " + why);
  };
  if (old.json->at("metadata").contains("deletionTimestamp")) {
    throw refuse("is being deleted, cannot be assigned to a host");
  }
  const Json& spec = old.json->at("spec");
  const std::string present = spec.value("nodeName", "");
  if (!present.empty()) throw refuse("is already assigned to node \"" + present + "\"");
  if (!spec.value("schedulingGates", Json::array()).empty()) {
    throw refuse("has non-empty .spec.schedulingGates");
  }
  Json pod = *old.json;
  pod["spec"]["nodeName"] = node;
  manifest::set_condition(pod, {{"lastProbeTime", nullptr},
                                {"lastTransitionTime", rfc3339(clock_.wall())},
                                {"status", "True"},
                                {"type", "PodScheduled"}});
  if (!dry_run) put(old, std::move(pod));
}

}  // namespace podrun::api
