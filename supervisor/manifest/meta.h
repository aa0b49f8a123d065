// metav1.ObjectMeta: what every object carries.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace podrun::manifest {

using StringMap = std::map<std::string, std::string>;

struct OwnerReference {
  std::string api_version, kind, name, uid;
  std::optional<bool> controller, block_owner_deletion;
};

struct ObjectMeta {
  std::string name, generate_name, namespace_, uid, resource_version, creation_timestamp;
  std::int64_t generation = 0;  // an API server's: counts the changes of spec
  StringMap labels, annotations;
  std::vector<OwnerReference> owner_references;
  std::vector<std::string> finalizers;
};

}  // namespace podrun::manifest
