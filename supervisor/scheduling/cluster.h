// Nodes and what runs on them, as the scheduler sees them: kept up to date by single objects, so
// that a decision does not read all pods anew. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "supervisor/scheduling/pod_facts.h"

namespace podrun::scheduling {

struct NodeState {
  std::string name;
  Json labels;
  std::vector<Taint> taints;
  bool unschedulable = false;
  Resources allocatable;
  std::int64_t allowed_pods = 0;

  std::map<std::string, PodPtr> pods;  // by namespace/name
  Resources used;
  std::int64_t scored_cpu = 0, scored_memory = 0;
  std::vector<HostPort> ports;
};

/// What a change of a pod means for those that were refused.
enum class Effect {
  kNone,
  kCame,   // it may be the company that some wait for
  kFreed,  // it left room, has other requests or other labels
};

class Cluster {
 public:
  /// True where a pod that was refused may be taken now.
  bool set_node(const Json& node);
  void remove_node(const std::string& name);
  /// A pod that has a node counts until it has ended; one without counts for nothing.
  Effect set_pod(const Json& pod);
  /// True where it had a place.
  bool remove_pod(const std::string& namespace_, const std::string& name);
  void set_namespace(const std::string& name, const Json& labels) { namespaces_[name] = labels; }
  void remove_namespace(const std::string& name) { namespaces_.erase(name); }

  const std::map<std::string, NodeState>& nodes() const { return nodes_; }
  /// Null where there is no such node.
  const NodeState* node(const std::string& name) const;
  /// All that have a node that is there.
  const std::map<std::string, PodPtr>& pods() const { return pods_; }
  /// Those of them with terms of pod affinity of their own.
  const std::map<std::string, PodPtr>& restricting_pods() const { return restricting_; }
  /// Whether a term of pod affinity means this pod.
  bool matches(const PodTerm& term, const PodFacts& pod) const;

 private:
  void place(const PodPtr& pod);
  void displace(const PodFacts& pod);

  std::map<std::string, NodeState> nodes_;
  std::map<std::string, PodPtr> pods_, restricting_;  // by namespace/name
  std::map<std::string, Json> namespaces_;
};

}  // namespace podrun::scheduling
