// A pod of a DaemonSet, pure: on which nodes it belongs, and how it is made.
// pkg/controller/daemon/util.
#pragma once

#include <string>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kRevisionHashLabel = "controller-revision-hash";
inline constexpr const char* kTemplateGeneration = "deprecated.daemonset.template.generation";

/// Whether a node gets the pod, and whether one that runs there may stay.
struct NodeFit {
  bool runs = false, keeps = false;
  bool operator==(const NodeFit&) const = default;
};
NodeFit fit_of(const Json& set, const Json& node);

/// The pod for a node: pinned to it by affinity, with the tolerations that all daemons have.
Json daemon_pod(const Json& set, const Json& owner_ref, const std::string& node,
                const std::string& hash);
/// The node that a pod is on, or is pinned to; "" where there is none.
std::string target_node(const Json& pod);

}  // namespace podrun::controllers
