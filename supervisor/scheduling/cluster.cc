#include "supervisor/scheduling/cluster.h"

#include <algorithm>

#include "base/error.h"
#include "base/quantity.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::scheduling {
namespace {

using manifest::find;
using manifest::text_at;

const Json& member(const Json& object, const char* field) {
  static const Json none;
  const Json* found = find(object, field);
  return found == nullptr ? none : *found;
}

std::string key_of(const std::string& namespace_, const std::string& name) {
  return namespace_ + "/" + name;
}
std::string key_of(const PodFacts& pod) { return key_of(pod.namespace_, pod.name); }

std::int64_t allowed_pods(const Json& allocatable) try {
  const Json& pods = member(allocatable, "pods");
  if (pods.is_null()) return 0;
  return Quantity::parse(pods.is_string() ? pods.get<std::string>() : pods.dump()).value();
} catch (const BadInput&) {
  return 0;
}

/// What a node says of itself, without what runs there.
NodeState described(const Json& node) {
  NodeState state;
  const Json& metadata = member(node, "metadata");
  state.name = text_at(metadata, "name");
  state.labels = member(metadata, "labels");
  state.taints = taints_of(node);
  state.unschedulable = manifest::truth_at(member(node, "spec"), "unschedulable");
  const Json& allocatable = member(member(node, "status"), "allocatable");
  state.allocatable = resources_from(allocatable);
  state.allowed_pods = allowed_pods(allocatable);
  return state;
}

bool same(const Resources& a, const Resources& b) {
  return a.milli_cpu == b.milli_cpu && a.memory == b.memory &&
         a.ephemeral_storage == b.ephemeral_storage && a.others == b.others;
}

}  // namespace

bool Cluster::set_node(const Json& node) {
  NodeState now = described(node);
  const auto found = nodes_.find(now.name);
  if (found == nodes_.end()) {
    nodes_.emplace(now.name, now);
    // Pods may be told of before their node.
    for (const auto& [key, pod] : pods_) {
      if (pod->node_name == now.name) place(pod);
    }
    return true;
  }
  NodeState& state = found->second;
  if (state.labels == now.labels && state.taints == now.taints &&
      state.unschedulable == now.unschedulable && state.allowed_pods == now.allowed_pods &&
      same(state.allocatable, now.allocatable)) {
    return false;
  }
  state.labels = std::move(now.labels);
  state.taints = std::move(now.taints);
  state.unschedulable = now.unschedulable;
  state.allocatable = std::move(now.allocatable);
  state.allowed_pods = now.allowed_pods;
  return true;
}

void Cluster::remove_node(const std::string& name) { nodes_.erase(name); }

Effect Cluster::set_pod(const Json& pod) {
  const std::string& phase = text_at(member(pod, "status"), "phase");
  PodFacts facts = pod_facts(pod);
  const bool counts = !facts.node_name.empty() && phase != "Succeeded" && phase != "Failed";
  if (!counts) {
    return remove_pod(facts.namespace_, facts.name) ? Effect::kFreed : Effect::kNone;
  }
  // What chose its node is not asked for again.
  facts.tolerations = {};
  facts.nodes = {};
  facts.preferred_nodes = {};
  const std::string key = key_of(facts);
  const auto present = pods_.find(key);
  const bool known = present != pods_.end();
  const bool moved = known && (present->second->labels != facts.labels ||
                               present->second->node_name != facts.node_name ||
                               !same(present->second->requests, facts.requests));
  if (known) displace(*PodPtr(present->second));
  const auto kept = std::make_shared<const PodFacts>(std::move(facts));
  pods_[key] = kept;
  if (kept->restricts_pods()) {
    restricting_[key] = kept;
  } else {
    restricting_.erase(key);
  }
  place(kept);
  if (!known) return Effect::kCame;
  return moved ? Effect::kFreed : Effect::kNone;
}

bool Cluster::remove_pod(const std::string& namespace_, const std::string& name) {
  const auto found = pods_.find(key_of(namespace_, name));
  if (found == pods_.end()) return false;
  displace(*found->second);
  restricting_.erase(found->first);
  pods_.erase(found);
  return true;
}

const NodeState* Cluster::node(const std::string& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

bool Cluster::matches(const PodTerm& term, const PodFacts& pod) const {
  bool in_namespace = term.namespaces.count(pod.namespace_) > 0;
  if (!in_namespace && term.namespace_selector) {
    static const Json none;
    const auto space = namespaces_.find(pod.namespace_);
    in_namespace =
        term.namespace_selector->matches(space == namespaces_.end() ? none : space->second);
  }
  return in_namespace && term.pods.matches(pod.labels);
}

void Cluster::place(const PodPtr& pod) {
  const auto found = nodes_.find(pod->node_name);
  if (found == nodes_.end()) return;
  NodeState& node = found->second;
  if (!node.pods.emplace(key_of(*pod), pod).second) return;
  node.used += pod->requests;
  node.scored_cpu += pod->scored_cpu;
  node.scored_memory += pod->scored_memory;
  node.ports.insert(node.ports.end(), pod->ports.begin(), pod->ports.end());
}

void Cluster::displace(const PodFacts& pod) {
  const auto found = nodes_.find(pod.node_name);
  if (found == nodes_.end()) return;
  NodeState& node = found->second;
  if (node.pods.erase(key_of(pod)) == 0) return;
  node.used -= pod.requests;
  node.scored_cpu -= pod.scored_cpu;
  node.scored_memory -= pod.scored_memory;
  for (const HostPort& port : pod.ports) {
    const auto held = std::find(node.ports.begin(), node.ports.end(), port);
    if (held != node.ports.end()) node.ports.erase(held);
  }
}

}  // namespace podrun::scheduling
