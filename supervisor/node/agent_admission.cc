// NodeAgent: pods that it does not begin.
#include "supervisor/node/agent.h"
#include "supervisor/node/pod_object.h"
#include "supervisor/scheduling/admission.h"

namespace podrun::node {

/// Once, before the pod's first start: what runs is never judged again. The others are looked at as
/// the API has them now: the scheduler may have counted on what one of them has just left.
bool NodeAgent::admit(PodUnit& unit, const store::Object& pod) {
  if (admitted_.contains(unit.uid())) return true;
  const store::Object* node = client_.get({"nodes", "", node_name()});
  scheduling::Cluster cluster;
  if (node != nullptr) cluster.set_node(*node->json);
  // One that has not reported yet cannot say what it has.
  if (node == nullptr || cluster.node(node_name())->allowed_pods == 0) return true;
  for (const std::string& uid : admitted_) {
    const auto other = units_.find(uid);
    if (other == units_.end()) continue;
    const std::optional<store::Object> present = find_pod(other->second->key(), uid);
    if (present) cluster.set_pod(*present->json);
  }
  const auto rejection =
      scheduling::reject(scheduling::pod_facts(*pod.json), *cluster.node(node_name()));
  if (rejection) {
    unit.reject(*pod.json, rejection->reason, rejection->message);
    return false;
  }
  admitted_.insert(unit.uid());
  return true;
}

}  // namespace podrun::node
