#include "supervisor/controllers/daemon_pod.h"

#include <algorithm>
#include <array>
#include <set>

#include "supervisor/controllers/replicas.h"
#include "supervisor/scheduling/pod_facts.h"

namespace podrun::controllers {
namespace {

struct Tolerated {
  const char* key;
  const char* effect;
  bool host_network_only = false;
};
// pkg/controller/daemon/util, AddOrUpdateDaemonPodTolerations.
constexpr std::array<Tolerated, 7> kTolerated = {{
    {"node.kubernetes.io/not-ready", "NoExecute"},
    {"node.kubernetes.io/unreachable", "NoExecute"},
    {"node.kubernetes.io/disk-pressure", "NoSchedule"},
    {"node.kubernetes.io/memory-pressure", "NoSchedule"},
    {"node.kubernetes.io/pid-pressure", "NoSchedule"},
    {"node.kubernetes.io/unschedulable", "NoSchedule"},
    {"node.kubernetes.io/network-unavailable", "NoSchedule", true},
}};

// Toleration.MatchToleration.
constexpr std::array<const char*, 4> kToleratedBy = {"key", "effect", "operator", "value"};

const Json& template_spec(const Json& set) {
  static const Json none = Json::object();
  const Json* spec = find(set, {"spec", "template", "spec"});
  return spec == nullptr ? none : *spec;
}

/// In place of what the template says of the same taint, such as for how long.
void add_toleration(Json& all, const Json& toleration) {
  bool is_there = false;
  for (Json& present : all) {
    const bool is_same =
        std::all_of(kToleratedBy.begin(), kToleratedBy.end(), [&](const char* field) {
          return text_at(present, {field}) == text_at(toleration, {field});
        });
    if (is_same) present = toleration;
    is_there |= is_same;
  }
  if (!is_there) all.push_back(toleration);
}

void add_tolerations(Json& spec) {
  Json& all = spec["tolerations"];
  if (!all.is_array()) all = Json::array();
  for (const Tolerated& each : kTolerated) {
    if (each.host_network_only && !flag_at(spec, {"hostNetwork"})) continue;
    add_toleration(all, {{"effect", each.effect}, {"key", each.key}, {"operator", "Exists"}});
  }
}

}  // namespace

NodeFit fit_of(const Json& set, const Json& node) {
  Json spec = template_spec(set);
  const std::string& wanted = text_at(spec, {"nodeName"});
  const Json* labels = find(node, {"metadata", "labels"});
  static const Json none;
  if ((!wanted.empty() && wanted != name_of(node)) ||
      !scheduling::node_demand(spec).admits(name_of(node), labels == nullptr ? none : *labels)) {
    return {};
  }
  add_tolerations(spec);
  const auto tolerations = scheduling::tolerations_of(spec);
  const auto taints = scheduling::taints_of(node);
  const auto bears = [&](const std::set<std::string>& effects) {
    return scheduling::first_untolerated(taints, tolerations, effects) == nullptr;
  };
  return {bears({"NoSchedule", "NoExecute"}), bears({"NoExecute"})};
}

Json daemon_pod(const Json& set, const Json& owner_ref, const std::string& node,
                const std::string& hash) {
  Json pod = pod_from_template(set, owner_ref);
  Json& labels = pod["metadata"]["labels"];
  labels[kRevisionHashLabel] = hash;
  const std::string& generation = annotation_of(set, kTemplateGeneration);
  if (!generation.empty()) labels["pod-template-generation"] = generation;
  Json& spec = pod["spec"];
  const Json field = {
      {"key", "metadata.name"}, {"operator", "In"}, {"values", Json::array({node})}};
  spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = {
      {"nodeSelectorTerms", Json::array({{{"matchFields", Json::array({field})}}})}};
  add_tolerations(spec);
  return pod;
}

std::string target_node(const Json& pod) {
  const std::string& node = text_at(pod, {"spec", "nodeName"});
  const Json* spec = find(pod, {"spec"});
  if (!node.empty() || spec == nullptr) return node;
  const auto names = scheduling::node_demand(*spec).names();
  return names && names->size() == 1 ? *names->begin() : "";
}

}  // namespace podrun::controllers
