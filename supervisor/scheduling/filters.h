// Which nodes a pod may run on, and why not on the others: kube-scheduler's filter plugins, in
// their order, with their texts. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/scheduling/cluster.h"

namespace podrun::scheduling {

struct Refusal {
  std::vector<std::string> reasons;  // "Insufficient cpu"
  /// Pods that leave the node could make it fit.
  bool is_resolvable = false;
};

inline constexpr const char* kNotSelected = "node(s) didn't match Pod's node affinity/selector";
inline constexpr const char* kPortsTaken =
    "node(s) didn't have free ports for the requested pod ports";

/// What of a resource ("cpu", "pods") a node does not have any more: thousandths of cores, bytes,
/// or a number.
struct Shortage {
  std::string resource;
  std::int64_t requested = 0, used = 0, capacity = 0;
};
/// All that is short (noderesources/fit.go).
std::vector<Shortage> shortages(const PodFacts& pod, const NodeState& node);
bool has_free_ports(const PodFacts& pod, const NodeState& node);

/// What other pods mean for one pod: computed once for all nodes. A place is a topology key and a
/// node's label of it.
struct PodAffinity {
  using Place = std::pair<std::string, std::string>;
  PodAffinity(const PodFacts& pod, const Cluster& cluster);

  std::set<Place> repelled;              // by terms of pods that are there
  std::vector<std::set<Place>> wanted;   // by the pod's terms of affinity, where its company is
  std::vector<std::set<Place>> avoided;  // by its terms of anti-affinity
  /// Nobody of its company is anywhere, and it is company to itself: it may be the first.
  bool may_be_first = false;
};

/// Nothing where the pod may run on the node.
std::optional<Refusal> refuse(const PodFacts& pod, const NodeState& node,
                              const PodAffinity& affinity);

}  // namespace podrun::scheduling
