#include "supervisor/scheduling/filters.h"

#include <algorithm>

namespace podrun::scheduling {
namespace {

const std::string* label_of(const NodeState& node, const std::string& key) {
  if (!node.labels.is_object()) return nullptr;
  const auto found = node.labels.find(key);
  if (found == node.labels.end() || !found->is_string()) return nullptr;
  return &found->get_ref<const std::string&>();
}

std::optional<Refusal> because(std::string reason, bool is_resolvable = false) {
  return Refusal{{std::move(reason)}, is_resolvable};
}

std::optional<Refusal> refuse_unschedulable(const PodFacts& pod, const NodeState& node) {
  if (!node.unschedulable) return std::nullopt;
  const Taint taint{"node.kubernetes.io/unschedulable", "", "NoSchedule"};
  if (first_untolerated({taint}, pod.tolerations, {"NoSchedule"}) == nullptr) return std::nullopt;
  return because("node(s) were unschedulable");
}

std::optional<Refusal> refuse_taint(const PodFacts& pod, const NodeState& node) {
  const Taint* taint = first_untolerated(node.taints, pod.tolerations, {"NoSchedule", "NoExecute"});
  if (taint == nullptr) return std::nullopt;
  return because("node(s) had untolerated taint {" + taint->key + ": " + taint->value + "}");
}

std::optional<Refusal> refuse_ports(const PodFacts& pod, const NodeState& node) {
  if (has_free_ports(pod, node)) return std::nullopt;
  return because(kPortsTaken, true);
}

std::optional<Refusal> refuse_resources(const PodFacts& pod, const NodeState& node) {
  Refusal refusal{{}, true};
  for (const Shortage& each : shortages(pod, node)) {
    const bool of_pods = each.resource == "pods";
    refusal.reasons.push_back(of_pods ? "Too many pods" : "Insufficient " + each.resource);
    // What the node could never give is beyond help.
    if (!of_pods && each.requested > each.capacity) refusal.is_resolvable = false;
  }
  if (refusal.reasons.empty()) return std::nullopt;
  return refusal;
}

/// Whether the node is at one of the places of a term.
bool is_at(const NodeState& node, const std::string& topology_key,
           const std::set<PodAffinity::Place>& places) {
  const std::string* value = label_of(node, topology_key);
  return value != nullptr && places.count({topology_key, *value}) > 0;
}

bool meets_affinity(const PodFacts& pod, const NodeState& node, const PodAffinity& affinity) {
  bool met = true;
  for (std::size_t i = 0; i < pod.affinity.size(); ++i) {
    const std::string& key = pod.affinity[i].topology_key;
    if (label_of(node, key) == nullptr) return false;
    met = met && is_at(node, key, affinity.wanted[i]);
  }
  return met || affinity.may_be_first;
}

std::optional<Refusal> refuse_company(const PodFacts& pod, const NodeState& node,
                                      const PodAffinity& affinity) {
  if (!meets_affinity(pod, node, affinity))
    return because("node(s) didn't match pod affinity rules");
  for (std::size_t i = 0; i < pod.anti_affinity.size(); ++i) {
    if (is_at(node, pod.anti_affinity[i].topology_key, affinity.avoided[i])) {
      return because("node(s) didn't match pod anti-affinity rules", true);
    }
  }
  const bool repelled = std::any_of(affinity.repelled.begin(), affinity.repelled.end(),
                                    [&](const PodAffinity::Place& place) {
                                      const std::string* value = label_of(node, place.first);
                                      return value != nullptr && *value == place.second;
                                    });
  if (repelled) return because("node(s) didn't satisfy existing pods anti-affinity rules", true);
  return std::nullopt;
}

void add_place(std::set<PodAffinity::Place>& places, const std::string& key,
               const NodeState& node) {
  if (const std::string* value = label_of(node, key)) places.emplace(key, *value);
}

}  // namespace

PodAffinity::PodAffinity(const PodFacts& pod, const Cluster& cluster)
    : wanted(pod.affinity.size()), avoided(pod.anti_affinity.size()) {
  for (const auto& [key, other] : cluster.restricting_pods()) {
    const NodeState* node = cluster.node(other->node_name);
    if (node == nullptr) continue;
    for (const PodTerm& term : other->anti_affinity) {
      if (cluster.matches(term, pod)) add_place(repelled, term.topology_key, *node);
    }
  }
  if (pod.affinity.empty() && pod.anti_affinity.empty()) return;
  // Company is who meets all terms (interpodaffinity/filtering.go).
  const auto is_company = [&](const PodFacts& other) {
    return std::all_of(pod.affinity.begin(), pod.affinity.end(),
                       [&](const PodTerm& term) { return cluster.matches(term, other); });
  };
  bool found = false;
  for (const auto& [key, other] : cluster.pods()) {
    const NodeState* node = cluster.node(other->node_name);
    if (node == nullptr) continue;
    if (!pod.affinity.empty() && is_company(*other)) {
      for (std::size_t i = 0; i < pod.affinity.size(); ++i) {
        add_place(wanted[i], pod.affinity[i].topology_key, *node);
        found = found || !wanted[i].empty();
      }
    }
    for (std::size_t i = 0; i < pod.anti_affinity.size(); ++i) {
      const PodTerm& term = pod.anti_affinity[i];
      if (cluster.matches(term, *other)) add_place(avoided[i], term.topology_key, *node);
    }
  }
  may_be_first = !found && !pod.affinity.empty() && is_company(pod);
}

bool has_free_ports(const PodFacts& pod, const NodeState& node) {
  return std::none_of(pod.ports.begin(), pod.ports.end(), [&](const HostPort& wanted) {
    return std::any_of(node.ports.begin(), node.ports.end(),
                       [&](const HostPort& held) { return collide(wanted, held); });
  });
}

std::vector<Shortage> shortages(const PodFacts& pod, const NodeState& node) {
  std::vector<Shortage> all;
  const auto pods = static_cast<std::int64_t>(node.pods.size());
  if (pods + 1 > node.allowed_pods) all.push_back({"pods", 1, pods, node.allowed_pods});
  const auto check = [&](const std::string& name, std::int64_t wanted, std::int64_t has,
                         std::int64_t used) {
    if (wanted > 0 && wanted > has - used) all.push_back({name, wanted, used, has});
  };
  const Resources& wanted = pod.requests;
  const Resources& has = node.allocatable;
  const Resources& used = node.used;
  check("cpu", wanted.milli_cpu, has.milli_cpu, used.milli_cpu);
  check("memory", wanted.memory, has.memory, used.memory);
  check("ephemeral-storage", wanted.ephemeral_storage, has.ephemeral_storage,
        used.ephemeral_storage);
  const auto amount = [](const Resources& of, const std::string& name) {
    const auto found = of.others.find(name);
    return found == of.others.end() ? std::int64_t{0} : found->second;
  };
  for (const auto& [name, quantity] : wanted.others) {
    check(name, quantity, amount(has, name), amount(used, name));
  }
  return all;
}

std::optional<Refusal> refuse(const PodFacts& pod, const NodeState& node,
                              const PodAffinity& affinity) {
  if (auto refusal = refuse_unschedulable(pod, node)) return refusal;
  if (auto refusal = refuse_taint(pod, node)) return refusal;
  if (!pod.nodes.admits(node.name, node.labels)) {
    return because(kNotSelected);
  }
  if (auto refusal = refuse_ports(pod, node)) return refusal;
  if (auto refusal = refuse_resources(pod, node)) return refusal;
  return refuse_company(pod, node, affinity);
}

}  // namespace podrun::scheduling
