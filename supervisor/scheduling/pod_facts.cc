#include "supervisor/scheduling/pod_facts.h"

#include <algorithm>

#include "supervisor/manifest/json_access.h"

namespace podrun::scheduling {
namespace {

using manifest::find;
using manifest::LabelOperator;
using manifest::LabelRequirement;
using manifest::LabelSelector;
using manifest::list_at;
using manifest::number_at;
using manifest::text_at;

const Json& member(const Json& object, const char* field) {
  static const Json none;
  const Json* found = find(object, field);
  return found == nullptr ? none : *found;
}

// ---- requests

// pkg/scheduler/util/pod_resources.go: what scores assume of a container that asks for nothing.
constexpr std::int64_t kScoredCpu = 100;
constexpr std::int64_t kScoredMemory = std::int64_t{200} * 1024 * 1024;

Resources raised(Resources one, const Resources& other) {
  one.milli_cpu = std::max(one.milli_cpu, other.milli_cpu);
  one.memory = std::max(one.memory, other.memory);
  one.ephemeral_storage = std::max(one.ephemeral_storage, other.ephemeral_storage);
  for (const auto& [name, amount] : other.others) {
    one.others[name] = std::max(one.others[name], amount);
  }
  return one;
}

Resources container_requests(const Json& container, bool scored) {
  const Json& requests = member(member(container, "resources"), "requests");
  Resources resources = resources_from(requests);
  if (scored && find(requests, "cpu") == nullptr) resources.milli_cpu = kScoredCpu;
  if (scored && find(requests, "memory") == nullptr) resources.memory = kScoredMemory;
  return resources;
}

/// The sum over containers and sidecars, or the largest init container beside the sidecars that
/// were started before it.
Resources pod_requests(const Json& spec, bool scored) {
  Resources running, sidecars, starting;
  for (const Json& container : list_at(spec, "containers")) {
    running += container_requests(container, scored);
  }
  for (const Json& container : list_at(spec, "initContainers")) {
    Resources own = container_requests(container, scored);
    own += sidecars;
    if (text_at(container, "restartPolicy") == "Always") sidecars = own;
    starting = raised(std::move(starting), own);
  }
  running += sidecars;
  Resources all = raised(std::move(running), starting);
  all += resources_from(member(spec, "overhead"));
  return all;
}

std::vector<HostPort> host_ports(const Json& spec) {
  std::vector<HostPort> ports;
  const auto look = [&](const Json& container) {
    for (const Json& port : list_at(container, "ports")) {
      const std::int64_t number = number_at(port, "hostPort");
      if (number <= 0) continue;
      const std::string ip = text_at(port, "hostIP"), protocol = text_at(port, "protocol");
      ports.push_back({ip.empty() ? "0.0.0.0" : ip, protocol.empty() ? "TCP" : protocol, number});
    }
  };
  for (const Json& container : list_at(spec, "containers")) look(container);
  for (const Json& container : list_at(spec, "initContainers")) {
    if (text_at(container, "restartPolicy") == "Always") look(container);
  }
  return ports;
}

// ---- affinity

LabelOperator operator_of(const std::string& name) {
  if (name == "NotIn") return LabelOperator::kNotIn;
  if (name == "Exists") return LabelOperator::kExists;
  if (name == "DoesNotExist") return LabelOperator::kDoesNotExist;
  if (name == "Gt") return LabelOperator::kGreaterThan;
  if (name == "Lt") return LabelOperator::kLessThan;
  return LabelOperator::kIn;
}

std::vector<LabelRequirement> requirements_of(const Json& expressions) {
  std::vector<LabelRequirement> all;
  all.reserve(expressions.size());
  for (const Json& each : expressions) {
    LabelRequirement requirement{text_at(each, "key"), operator_of(text_at(each, "operator")), {}};
    for (const Json& value : list_at(each, "values")) {
      if (value.is_string()) requirement.values.push_back(value.get<std::string>());
    }
    all.push_back(std::move(requirement));
  }
  return all;
}

NodeTerm node_term(const Json& term) {
  return {requirements_of(list_at(term, "matchExpressions")),
          requirements_of(list_at(term, "matchFields")), 0};
}

LabelSelector selector_of(const Json& selector) {
  try {
    return LabelSelector::from_label_selector(selector);
  } catch (const manifest::SelectorError&) {
    return LabelSelector::nothing();
  }
}

PodTerm pod_term(const Json& term, const std::string& own_namespace) {
  PodTerm made;
  made.pods = selector_of(member(term, "labelSelector"));
  for (const Json& each : list_at(term, "namespaces")) {
    if (each.is_string()) made.namespaces.insert(each.get<std::string>());
  }
  const Json& spaces = member(term, "namespaceSelector");
  if (spaces.is_object()) {
    made.namespace_selector = selector_of(spaces);
  } else if (made.namespaces.empty()) {
    made.namespaces.insert(own_namespace);
  }
  made.topology_key = text_at(term, "topologyKey");
  return made;
}

std::vector<PodTerm> required_terms(const Json& affinity, const std::string& own_namespace) {
  const Json& given = list_at(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
  std::vector<PodTerm> terms;
  terms.reserve(given.size());
  for (const Json& each : given) {
    terms.push_back(pod_term(each, own_namespace));
  }
  return terms;
}

void add_preferred(const Json& affinity, std::int64_t sign, PodFacts& facts) {
  for (const Json& each : list_at(affinity, "preferredDuringSchedulingIgnoredDuringExecution")) {
    PodTerm term = pod_term(member(each, "podAffinityTerm"), facts.namespace_);
    term.weight = sign * number_at(each, "weight");
    facts.preferred_pods.push_back(std::move(term));
  }
}

void read_affinity(const Json& affinity, PodFacts& facts) {
  if (!affinity.is_object()) return;
  const Json& nodes = member(affinity, "nodeAffinity");
  for (const Json& each : list_at(nodes, "preferredDuringSchedulingIgnoredDuringExecution")) {
    facts.preferred_nodes.push_back(node_term(member(each, "preference")));
    facts.preferred_nodes.back().weight = number_at(each, "weight");
  }
  const Json& with = member(affinity, "podAffinity");
  const Json& against = member(affinity, "podAntiAffinity");
  facts.affinity = required_terms(with, facts.namespace_);
  facts.anti_affinity = required_terms(against, facts.namespace_);
  add_preferred(with, 1, facts);
  add_preferred(against, -1, facts);
}

}  // namespace

bool collide(const HostPort& one, const HostPort& other) {
  if (one.port != other.port || one.protocol != other.protocol) return false;
  return one.ip == other.ip || one.ip == "0.0.0.0" || other.ip == "0.0.0.0";
}

std::vector<Taint> taints_of(const Json& node) {
  const Json& given = list_at(member(node, "spec"), "taints");
  std::vector<Taint> taints;
  taints.reserve(given.size());
  for (const Json& each : given) {
    taints.push_back({text_at(each, "key"), text_at(each, "value"), text_at(each, "effect")});
  }
  return taints;
}

bool tolerates(const Toleration& toleration, const Taint& taint) {
  if (!toleration.effect.empty() && toleration.effect != taint.effect) return false;
  if (!toleration.key.empty() && toleration.key != taint.key) return false;
  if (toleration.op == "Exists") return true;
  return (toleration.op.empty() || toleration.op == "Equal") && toleration.value == taint.value;
}

std::vector<Toleration> tolerations_of(const Json& pod_spec) {
  const Json& given = list_at(pod_spec, "tolerations");
  std::vector<Toleration> all;
  all.reserve(given.size());
  for (const Json& each : given) {
    Toleration toleration{text_at(each, "key"),
                          text_at(each, "operator"),
                          text_at(each, "value"),
                          text_at(each, "effect"),
                          {}};
    if (find(each, "tolerationSeconds") != nullptr) {
      toleration.seconds = number_at(each, "tolerationSeconds");
    }
    all.push_back(std::move(toleration));
  }
  return all;
}

const Taint* first_untolerated(const std::vector<Taint>& taints,
                               const std::vector<Toleration>& tolerations,
                               const std::set<std::string>& effects) {
  for (const Taint& taint : taints) {
    if (effects.count(taint.effect) == 0) continue;
    const bool tolerated =
        std::any_of(tolerations.begin(), tolerations.end(),
                    [&](const Toleration& each) { return tolerates(each, taint); });
    if (!tolerated) return &taint;
  }
  return nullptr;
}

bool NodeTerm::matches(const std::string& node_name, const Json& node_labels) const {
  if (labels.empty() && fields.empty()) return false;
  const Json name = {{"metadata.name", node_name}};
  const auto hold = [](const std::vector<LabelRequirement>& all, const Json& values) {
    return std::all_of(all.begin(), all.end(),
                       [&](const LabelRequirement& each) { return each.matches(values); });
  };
  return hold(labels, node_labels) && (fields.empty() || hold(fields, name));
}

bool NodeDemand::admits(const std::string& node_name, const Json& node_labels) const {
  if (!selector.matches(node_labels)) return false;
  if (!terms) return true;
  return std::any_of(terms->begin(), terms->end(),
                     [&](const NodeTerm& term) { return term.matches(node_name, node_labels); });
}

std::optional<std::set<std::string>> NodeDemand::names() const {
  if (!terms || terms->empty()) return std::nullopt;
  std::set<std::string> all;
  for (const NodeTerm& term : *terms) {
    const auto named =
        std::find_if(term.fields.begin(), term.fields.end(), [](const LabelRequirement& field) {
          return field.key == "metadata.name" && field.op == LabelOperator::kIn;
        });
    if (named == term.fields.end()) return std::nullopt;
    all.insert(named->values.begin(), named->values.end());
  }
  return all;
}

NodeDemand node_demand(const Json& pod_spec) {
  NodeDemand demand;
  const Json& selector = member(pod_spec, "nodeSelector");
  if (selector.is_object()) demand.selector = LabelSelector::from_map(selector);
  const Json& required = member(member(member(pod_spec, "affinity"), "nodeAffinity"),
                                "requiredDuringSchedulingIgnoredDuringExecution");
  if (!required.is_object()) return demand;
  demand.terms.emplace();
  for (const Json& each : list_at(required, "nodeSelectorTerms")) {
    demand.terms->push_back(node_term(each));
  }
  return demand;
}

PodFacts pod_facts(const Json& pod) {
  const Json& metadata = member(pod, "metadata");
  const Json& spec = member(pod, "spec");
  PodFacts facts;
  facts.namespace_ = text_at(metadata, "namespace");
  facts.name = text_at(metadata, "name");
  facts.node_name = text_at(spec, "nodeName");
  facts.labels = member(metadata, "labels");
  facts.priority = number_at(spec, "priority");
  facts.never_preempts = text_at(spec, "preemptionPolicy") == "Never";
  facts.requests = pod_requests(spec, false);
  const Resources scored = pod_requests(spec, true);
  facts.scored_cpu = scored.milli_cpu;
  facts.scored_memory = scored.memory;
  facts.ports = host_ports(spec);
  facts.tolerations = tolerations_of(spec);
  facts.nodes = node_demand(spec);
  read_affinity(member(spec, "affinity"), facts);
  return facts;
}

}  // namespace podrun::scheduling
