// The quality-of-service class of a pod (k8s.io/component-helpers, ComputePodQOS).
#include <algorithm>

#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

namespace {

const Quantity* positive(const std::map<std::string, Quantity>& resources, const char* name) {
  const auto found = resources.find(name);
  if (found == resources.end() || found->second.is_zero() || found->second.is_negative()) {
    return nullptr;
  }
  return &found->second;
}

}  // namespace

QosClass qos_class(const PodSpec& spec) {
  bool any = false;
  bool all_limited = true;
  // Kubernetes compares sums over the containers; where every container has both limits, equal sums
  // and "no request above its limit" mean that each pair is equal.
  const auto look = [&](const Container& container) {
    for (const char* name : {"cpu", "memory"}) {
      const Quantity* limit = positive(container.resources.limits, name);
      const Quantity* request = positive(container.resources.requests, name);
      any = any || limit != nullptr || request != nullptr;
      all_limited = all_limited && limit != nullptr && (request == nullptr || *request == *limit);
    }
  };
  std::for_each(spec.containers.begin(), spec.containers.end(), look);
  std::for_each(spec.init_containers.begin(), spec.init_containers.end(), look);
  if (!any) return QosClass::kBestEffort;
  return all_limited ? QosClass::kGuaranteed : QosClass::kBurstable;
}

std::string to_string(QosClass qos) {
  switch (qos) {
    case QosClass::kGuaranteed:
      return "Guaranteed";
    case QosClass::kBurstable:
      return "Burstable";
    case QosClass::kBestEffort:
      break;
  }
  return "BestEffort";
}

std::string to_string(RestartPolicy policy) {
  switch (policy) {
    case RestartPolicy::kAlways:
      return "Always";
    case RestartPolicy::kOnFailure:
      return "OnFailure";
    case RestartPolicy::kNever:
      break;
  }
  return "Never";
}

}  // namespace podrun::manifest
