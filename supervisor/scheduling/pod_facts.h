// What of a Pod decides where it may run. Pure; read once, and kept while the pod has a node.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "supervisor/manifest/label_selector.h"

namespace podrun::scheduling {

using Json = manifest::Json;

struct Resources {
  std::int64_t milli_cpu = 0;
  std::int64_t memory = 0, ephemeral_storage = 0;  // bytes
  std::map<std::string, std::int64_t> others;      // "hugepages-2Mi", "example.com/gpu"
};
Resources& operator+=(Resources& all, const Resources& more);
Resources& operator-=(Resources& all, const Resources& less);
/// From a map of quantities: a node's allocatable, a container's requests.
Resources resources_from(const Json& quantities);

struct HostPort {
  std::string ip, protocol;  // "0.0.0.0" where none is given
  std::int64_t port = 0;
  bool operator==(const HostPort&) const = default;
};
/// One port of one address for one protocol; 0.0.0.0 is every address.
bool collide(const HostPort& one, const HostPort& other);

struct Taint {
  std::string key, value, effect;
  bool operator==(const Taint&) const = default;
};
std::vector<Taint> taints_of(const Json& node);

struct Toleration {
  std::string key, op, value, effect;
  std::optional<std::int64_t> seconds;  // of NoExecute; nothing is for ever
};
bool tolerates(const Toleration& toleration, const Taint& taint);
std::vector<Toleration> tolerations_of(const Json& pod_spec);
/// Null where one of them tolerates every taint of these effects; else the first that none does.
const Taint* first_untolerated(const std::vector<Taint>& taints,
                               const std::vector<Toleration>& tolerations,
                               const std::set<std::string>& effects);

/// A term of node affinity: all of it must hold. One without requirements matches nothing.
struct NodeTerm {
  std::vector<manifest::LabelRequirement> labels;
  std::vector<manifest::LabelRequirement> fields;  // of metadata.name
  std::int64_t weight = 0;                         // of a preferred one
  bool matches(const std::string& node_name, const Json& node_labels) const;
};
/// nodeSelector and required node affinity.
struct NodeDemand {
  manifest::LabelSelector selector;
  std::optional<std::vector<NodeTerm>> terms;  // one of them must hold
  bool admits(const std::string& node_name, const Json& node_labels) const;
  /// The only nodes that the terms leave, where each names some (matchFields).
  std::optional<std::set<std::string>> names() const;
};
NodeDemand node_demand(const Json& pod_spec);

/// A term of pod affinity or anti-affinity.
struct PodTerm {
  manifest::LabelSelector pods;
  std::set<std::string> namespaces;
  std::optional<manifest::LabelSelector> namespace_selector;
  std::string topology_key;
  std::int64_t weight = 0;
};

struct PodFacts {
  std::string namespace_, name, node_name;
  Json labels;
  std::int64_t priority = 0;
  bool never_preempts = false;
  Resources requests;
  /// The same with Kubernetes' 100m and 200 MB for each container that asks for none: for scores.
  std::int64_t scored_cpu = 0, scored_memory = 0;
  std::vector<HostPort> ports;
  std::vector<Toleration> tolerations;
  NodeDemand nodes;
  std::vector<NodeTerm> preferred_nodes;
  std::vector<PodTerm> affinity, anti_affinity;
  std::vector<PodTerm> preferred_pods;  // a negative weight is an anti-affinity's

  bool restricts_pods() const {
    return !affinity.empty() || !anti_affinity.empty() || !preferred_pods.empty();
  }
};
using PodPtr = std::shared_ptr<const PodFacts>;

PodFacts pod_facts(const Json& pod);

}  // namespace podrun::scheduling
