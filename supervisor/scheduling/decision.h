// Where a pod goes: the best of the nodes that take it, or why none does. Pure.
#pragma once

#include <string>

#include "supervisor/scheduling/filters.h"

namespace podrun::scheduling {

struct Decision {
  std::string node;     // empty: none takes it, and
  std::string message;  // says why, as kube-scheduler does
};

Decision choose_node(const PodFacts& pod, const Cluster& cluster);

/// Points of each of these nodes, the more the better: PreferNoSchedule, preferred affinities, and
/// what is free (kube-scheduler's default plugins and weights; images and topology spread aside).
std::vector<std::int64_t> score(const PodFacts& pod, const std::vector<const NodeState*>& nodes,
                                const Cluster& cluster);

}  // namespace podrun::scheduling
