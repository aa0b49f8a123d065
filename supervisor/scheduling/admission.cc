#include "supervisor/scheduling/admission.h"

#include <utility>

#include "supervisor/scheduling/filters.h"

namespace podrun::scheduling {
namespace {

Rejection out_of(const Shortage& shortage) {
  return {"OutOf" + shortage.resource, "Node didn't have enough resource: " + shortage.resource +
                                           ", requested: " + std::to_string(shortage.requested) +
                                           ", used: " + std::to_string(shortage.used) +
                                           ", capacity: " + std::to_string(shortage.capacity)};
}

Rejection failed(const std::string& predicate, const std::string& why) {
  return {predicate, "Predicate " + predicate + " failed: " + why};
}

/// Resources of a cluster, which this node knows nothing of, are others' business.
bool is_unknown(const Shortage& shortage, const NodeState& node) {
  return shortage.resource.find('/') != std::string::npos &&
         !node.allocatable.others.contains(shortage.resource);
}

}  // namespace

std::optional<Rejection> reject(const PodFacts& pod, const NodeState& node) {
  for (const Shortage& each : shortages(pod, node)) {
    if (!is_unknown(each, node)) return out_of(each);
  }
  if (!pod.nodes.admits(node.name, node.labels)) return failed("NodeAffinity", kNotSelected);
  if (!has_free_ports(pod, node)) return failed("NodePorts", kPortsTaken);
  if (first_untolerated(node.taints, pod.tolerations, {"NoExecute"}) != nullptr) {
    return failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  }
  return std::nullopt;
}

}  // namespace podrun::scheduling
