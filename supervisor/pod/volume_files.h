// What a volume of kind configMap, secret, downwardAPI or projected consists of. Pure.
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>

#include "supervisor/manifest/pod.h"
#include "supervisor/pod/config_data.h"
#include "supervisor/pod/downward.h"

namespace podrun::pod {

struct VolumeFile {
  std::string content;
  mode_t mode = 0644;
  std::optional<uid_t> owner;  // else root
};
/// By their paths in the volume, which hold no "..".
using VolumeFiles = std::map<std::string, VolumeFile>;

/// Whether the volume consists of files that podrun writes; containers only read them.
bool is_made_of_files(const manifest::Volume& volume);
/// Whether these files lie in memory, as kubelet keeps all but ConfigMaps.
bool is_kept_in_memory(const manifest::Volume& volume);

/// What files are made from.
struct FileInputs {
  const manifest::Pod& pod;
  const NodeFacts& node;
  const ConfigData& config;
};

/// Throws Error in kubelet's words for what is missing and not optional.
VolumeFiles volume_files(const manifest::Volume& volume, const FileInputs& inputs);

}  // namespace podrun::pod
