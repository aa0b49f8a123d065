// The downward API: what `fieldRef` and `resourceFieldRef` come to. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "supervisor/manifest/pod.h"
#include "supervisor/pod/config_data.h"

namespace podrun::pod {

/// What `fieldRef` and `resourceFieldRef` can refer to beyond the manifest.
struct NodeFacts {
  std::string node_name;
  std::string host_ip, pod_ip;
  std::int64_t cpus = 1;          // where no cpu limit is set
  std::int64_t memory_bytes = 0;  // where no memory limit is set
};

/// With the labels and annotations that `config` knows of: the manifest's may have changed since.
manifest::ObjectMeta meta_by_now(manifest::ObjectMeta meta, const ConfigData& config);
/// One field, by its path. Throws Error for one that podrun does not know.
std::string field_value(const manifest::ObjectMeta& meta, const manifest::PodSpec& spec,
                        const NodeFacts& node, const std::string& path);
/// Divided and rounded up. Without a container name it is of `own`. Throws Error for a container
/// that is not there.
std::string resource_value(const manifest::PodSpec& spec, const manifest::Container* own,
                           const NodeFacts& node, const manifest::ResourceFieldSelector& selector);
/// One line a key, `key="value"`, the value quoted as Go does (kubelet: pkg/fieldpath, FormatMap).
std::string map_text(const manifest::StringMap& map);

}  // namespace podrun::pod
