#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "supervisor/scheduling/decision.h"

namespace podrun::scheduling {
namespace {

using Points = std::vector<std::int64_t>;

constexpr std::int64_t kMost = 100;
// pkg/scheduler/apis/config/v1/default_plugins.go.
constexpr std::int64_t kTaintWeight = 3;
constexpr std::int64_t kAffinityWeight = 2;

/// From 0 to 100 by the largest; `reversed`: the largest gets 0.
Points normalized(Points points, bool reversed = false) {
  const std::int64_t most = points.empty() ? 0 : *std::max_element(points.begin(), points.end());
  for (std::int64_t& each : points) {
    each = most == 0 ? 0 : each * kMost / most;
    if (reversed) each = kMost - each;
  }
  return points;
}

/// From 0 to 100 between the least and the most.
Points spread(Points points) {
  if (points.empty()) return points;
  const auto [least, most] = std::minmax_element(points.begin(), points.end());
  const std::int64_t from = *least, width = *most - *least;
  for (std::int64_t& each : points) each = width == 0 ? 0 : (each - from) * kMost / width;
  return points;
}

std::int64_t untolerated_preferences(const PodFacts& pod, const NodeState& node) {
  return std::count_if(node.taints.begin(), node.taints.end(), [&](const Taint& taint) {
    return first_untolerated({taint}, pod.tolerations, {"PreferNoSchedule"}) != nullptr;
  });
}

std::int64_t node_preference(const PodFacts& pod, const NodeState& node) {
  return std::accumulate(pod.preferred_nodes.begin(), pod.preferred_nodes.end(), std::int64_t{0},
                         [&](std::int64_t sum, const NodeTerm& term) {
                           return sum + (term.matches(node.name, node.labels) ? term.weight : 0);
                         });
}

/// By topology key and label: what the terms of this pod and of those that are there say.
std::map<PodAffinity::Place, std::int64_t> company(const PodFacts& pod, const Cluster& cluster) {
  std::map<PodAffinity::Place, std::int64_t> points;
  const auto add = [&](const PodFacts& with, const PodTerm& term, std::int64_t weight) {
    const NodeState* node = cluster.node(with.node_name);
    if (node == nullptr || !node->labels.is_object()) return;
    const auto label = node->labels.find(term.topology_key);
    if (label == node->labels.end() || !label->is_string()) return;
    points[{term.topology_key, label->get<std::string>()}] += weight;
  };
  if (!pod.preferred_pods.empty()) {
    for (const auto& [key, other] : cluster.pods()) {
      for (const PodTerm& term : pod.preferred_pods) {
        if (cluster.matches(term, *other)) add(*other, term, term.weight);
      }
    }
  }
  for (const auto& [key, other] : cluster.restricting_pods()) {
    for (const PodTerm& term : other->preferred_pods) {
      if (cluster.matches(term, pod)) add(*other, term, term.weight);
    }
    // hardPodAffinityWeight.
    for (const PodTerm& term : other->affinity) {
      if (cluster.matches(term, pod)) add(*other, term, 1);
    }
  }
  return points;
}

Points company_points(const PodFacts& pod, const std::vector<const NodeState*>& nodes,
                      const Cluster& cluster) {
  Points points(nodes.size());
  const auto places = company(pod, cluster);
  if (places.empty()) return points;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const auto& [place, weight] : places) {
      const Json& labels = nodes[i]->labels;
      if (!labels.is_object()) continue;
      const auto label = labels.find(place.first);
      if (label != labels.end() && *label == place.second) points[i] += weight;
    }
  }
  return spread(std::move(points));
}

/// LeastAllocated and BalancedAllocation, over cpu and memory.
std::int64_t room(const PodFacts& pod, const NodeState& node) {
  struct Share {
    std::int64_t used, has;
  };
  const std::array<Share, 2> shares = {
      {{node.scored_cpu + pod.scored_cpu, node.allocatable.milli_cpu},
       {node.scored_memory + pod.scored_memory, node.allocatable.memory}}};
  std::int64_t least = 0;
  std::array<double, 2> fractions{};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const auto [used, has] = shares[i];
    if (has <= 0) continue;
    const double fraction = std::min(1.0, static_cast<double>(used) / static_cast<double>(has));
    fractions[i] = fraction;
    least += static_cast<std::int64_t>((1 - fraction) * static_cast<double>(kMost));
  }
  least /= static_cast<std::int64_t>(shares.size());
  const double deviation = std::abs(fractions[0] - fractions[1]) / 2;
  return least + static_cast<std::int64_t>((1 - deviation) * static_cast<double>(kMost));
}

}  // namespace

Points score(const PodFacts& pod, const std::vector<const NodeState*>& nodes,
             const Cluster& cluster) {
  const auto of_each = [&](auto points) {
    Points all;
    all.reserve(nodes.size());
    for (const NodeState* node : nodes) all.push_back(points(pod, *node));
    return all;
  };
  const Points taints = normalized(of_each(untolerated_preferences), true);
  const Points preferred = normalized(of_each(node_preference));
  const Points pods = company_points(pod, nodes, cluster);
  Points all = of_each(room);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] += kTaintWeight * taints[i] + kAffinityWeight * (preferred[i] + pods[i]);
  }
  return all;
}

}  // namespace podrun::scheduling
