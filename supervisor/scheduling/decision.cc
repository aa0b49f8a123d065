#include "supervisor/scheduling/decision.h"

namespace podrun::scheduling {
namespace {

using Histogram = std::map<std::string, std::size_t>;

/// framework.FitError: "1 Insufficient cpu, 2 node(s) were unschedulable", ordered as texts.
std::string listed(const Histogram& reasons) {
  std::set<std::string> texts;
  for (const auto& [reason, count] : reasons) texts.insert(std::to_string(count) + " " + reason);
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string unavailable(std::size_t nodes, const Histogram& reasons) {
  return "0/" + std::to_string(nodes) + " nodes are available: " + listed(reasons) + ".";
}

/// Nothing is preempted, which is what is said where no pod of lower priority is in the way.
std::string preemption(const PodFacts& pod, std::size_t nodes, std::size_t resolvable) {
  if (pod.never_preempts) return "not eligible due to preemptionPolicy=Never.";
  Histogram reasons;
  if (resolvable > 0) reasons["No preemption victims found for incoming pod"] = resolvable;
  if (resolvable < nodes) reasons["Preemption is not helpful for scheduling"] = nodes - resolvable;
  return unavailable(nodes, reasons);
}

/// Of those with the most points, one that has the fewest pods.
const NodeState* best(const std::vector<const NodeState*>& nodes,
                      const std::vector<std::int64_t>& points) {
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const bool more = points[i] > points[chosen];
    const bool equal = points[i] == points[chosen];
    if (more || (equal && nodes[i]->pods.size() < nodes[chosen]->pods.size())) chosen = i;
  }
  return nodes[chosen];
}

}  // namespace

Decision choose_node(const PodFacts& pod, const Cluster& cluster) {
  const std::size_t count = cluster.nodes().size();
  if (count == 0) return {"", "no nodes available to schedule pods"};
  const PodAffinity affinity(pod, cluster);
  const auto named = pod.nodes.names();
  std::vector<const NodeState*> fitting;
  Histogram reasons;
  std::size_t resolvable = 0;
  for (const auto& [name, node] : cluster.nodes()) {
    if (named && named->count(name) == 0) {
      ++reasons["node(s) didn't satisfy plugin(s) [NodeAffinity]"];
      continue;
    }
    const std::optional<Refusal> refusal = refuse(pod, node, affinity);
    if (!refusal) {
      fitting.push_back(&node);
      continue;
    }
    for (const std::string& reason : refusal->reasons) ++reasons[reason];
    if (refusal->is_resolvable) ++resolvable;
  }
  if (fitting.empty()) {
    return {"", unavailable(count, reasons) + " preemption: " + preemption(pod, count, resolvable)};
  }
  if (fitting.size() == 1) return {fitting.front()->name, ""};
  return {best(fitting, score(pod, fitting, cluster))->name, ""};
}

}  // namespace podrun::scheduling
