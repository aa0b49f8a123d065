// Whether a node begins a pod that is bound to it, by whomever: what a kubelet looks at again
// (pkg/kubelet/lifecycle/predicate.go), with its texts. Pure.
#pragma once

#include <optional>
#include <string>

#include "supervisor/scheduling/cluster.h"

namespace podrun::scheduling {

struct Rejection {
  std::string reason;   // "OutOfcpu", "NodeAffinity": status.reason, and the event's
  std::string message;  // the event's
};

/// `node` has the pods that were admitted before. Nothing where it begins the pod, too.
std::optional<Rejection> reject(const PodFacts& pod, const NodeState& node);

}  // namespace podrun::scheduling
