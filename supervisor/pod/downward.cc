#include "supervisor/pod/downward.h"

#include <map>
#include <optional>

#include "base/error.h"
#include "base/go_text.h"

namespace podrun::pod {

namespace {

std::optional<std::string> keyed_field(const std::string& path, const std::string& field,
                                       const manifest::StringMap& values) {
  const std::string prefix = field + "['";
  if (path.rfind(prefix, 0) != 0 || path.size() < prefix.size() + 2) return std::nullopt;
  const auto found = values.find(path.substr(prefix.size(), path.size() - prefix.size() - 2));
  return found == values.end() ? "" : found->second;
}

}  // namespace

std::string map_text(const manifest::StringMap& map) {
  std::string text;
  for (const auto& [key, value] : map) {
    text += (text.empty() ? "" : "\n") + key + "=" + go_quote(value);
  }
  return text;
}

manifest::ObjectMeta meta_by_now(manifest::ObjectMeta meta, const ConfigData& config) {
  if (config.labels) meta.labels = *config.labels;
  if (config.annotations) meta.annotations = *config.annotations;
  return meta;
}

std::string field_value(const manifest::ObjectMeta& meta, const manifest::PodSpec& spec,
                        const NodeFacts& node, const std::string& path) {
  const std::map<std::string, std::string> plain = {
      {"metadata.name", meta.name},
      {"metadata.namespace", meta.namespace_},
      {"metadata.uid", meta.uid},
      {"spec.nodeName", node.node_name},
      {"spec.serviceAccountName", spec.service_account_name},
      {"status.hostIP", node.host_ip},
      {"status.hostIPs", node.host_ip},
      {"status.podIP", node.pod_ip},
      {"status.podIPs", node.pod_ip}};
  if (path == "metadata.labels") return map_text(meta.labels);
  if (path == "metadata.annotations") return map_text(meta.annotations);
  if (const auto found = plain.find(path); found != plain.end()) return found->second;
  if (const auto label = keyed_field(path, "metadata.labels", meta.labels)) return *label;
  if (const auto annotation = keyed_field(path, "metadata.annotations", meta.annotations))
    return *annotation;
  throw Error("fieldRef " + path + " is not supported");
}

std::string resource_value(const manifest::PodSpec& spec, const manifest::Container* own,
                           const NodeFacts& node, const manifest::ResourceFieldSelector& selector) {
  const manifest::Container* container = own;
  for (const auto* list : {&spec.init_containers, &spec.containers}) {
    for (const manifest::Container& other : *list) {
      if (other.name == selector.container_name) container = &other;
    }
  }
  if (container == nullptr) throw Error("container " + selector.container_name + " not found");
  const auto dot = selector.resource.find('.');
  const bool limits = selector.resource.substr(0, dot) == "limits";
  const std::string name = dot == std::string::npos ? "" : selector.resource.substr(dot + 1);
  const auto& values = limits ? container->resources.limits : container->resources.requests;
  const auto found = values.find(name);
  const bool cpu = name == "cpu";
  // Without a limit, the node's allocatable is what the container may use (kubelet,
  // MergeContainerResourceLimits).
  std::int64_t milli = 0;
  if (found != values.end()) {
    milli = cpu ? found->second.milli_value() : found->second.value();
  } else if (limits) {
    milli = cpu ? node.cpus * 1000 : name == "memory" ? node.memory_bytes : 0;
  }
  const bool divided = !selector.divisor.is_zero();
  const std::int64_t divisor =
      !divided ? (cpu ? 1000 : 1)
               : (cpu ? selector.divisor.milli_value() : selector.divisor.value());
  return std::to_string((milli + divisor - 1) / divisor);
}

}  // namespace podrun::pod
