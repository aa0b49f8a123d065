// The resources that there are, as the controllers need to know them: which kind an ownerReference
// means, and what a namespace may hold.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

struct ResourceType {
  std::string resource;  // as store::ObjectKey names it: "pods", "replicasets.apps"
  std::string group;     // "", "apps"
  std::string kind;      // "Pod"
  bool namespaced = true;
};
using ResourceTypes = std::vector<ResourceType>;

/// The key that an ownerReference of an object in `namespace_` names; the owner is in the same
/// namespace or in none. Nothing for a kind that is not known here.
std::optional<store::ObjectKey> owner_key(const ResourceTypes& types, const Json& reference,
                                          const std::string& namespace_);
/// Null where it is not known.
const ResourceType* find_type(const ResourceTypes& types, const std::string& resource);

}  // namespace podrun::controllers
