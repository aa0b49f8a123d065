// NodeAgent: pods that it does not begin.
#include "supervisor/node/agent.h"
#include "supervisor/node/pod_object.h"
#include "supervisor/scheduling/admission.h"

namespace podrun::node {

/// Once, before the pod's first start: what runs is never judged again.
bool NodeAgent::admit(PodUnit& unit, const store::Object& pod) {
  if (admitted_.contains(unit.uid())) return true;
  see_node();
  const scheduling::NodeState* here = room_.node(node_name());
  // One that has not reported yet cannot say what it has.
  if (here == nullptr || here->allowed_pods == 0) return true;
  const scheduling::PodFacts facts = scheduling::pod_facts(*pod.json);
  auto rejection = scheduling::reject(facts, *here);
  if (rejection) {
    look_at_room();
    rejection = scheduling::reject(facts, *here);
  }
  if (rejection) {
    unit.reject(*pod.json, rejection->reason, rejection->message);
    return false;
  }
  admitted_.insert(unit.uid());
  room_.set_pod(*pod.json);
  return true;
}

void NodeAgent::see_node() {
  const store::Object* node = client_.get({"nodes", "", node_name()});
  if (node == nullptr || node->revision == room_revision_) return;
  room_.set_node(*node->json);
  room_revision_ = node->revision;
}

/// All as the API has them now: the scheduler may have counted on what one has just left.
void NodeAgent::look_at_room() {
  for (const std::string& uid : admitted_) {
    const auto unit = units_.find(uid);
    if (unit == units_.end()) continue;
    const store::ObjectKey& key = unit->second->key();
    if (const auto present = find_pod(key, uid)) {
      room_.set_pod(*present->json);
    } else {
      room_.remove_pod(key.namespace_, key.name);
    }
  }
}

/// `pod`: nothing where it is gone.
void NodeAgent::note_room(const std::string& uid, const store::ObjectKey& key,
                          const std::optional<store::Object>& pod) {
  if (!admitted_.contains(uid)) return;
  if (pod) {
    room_.set_pod(*pod->json);
  } else {
    room_.remove_pod(key.namespace_, key.name);
  }
  if (!pod || is_final(pod->json->value("status", Json::object()))) admitted_.erase(uid);
}

}  // namespace podrun::node
