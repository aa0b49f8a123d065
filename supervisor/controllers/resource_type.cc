#include "supervisor/controllers/resource_type.h"

namespace podrun::controllers {

std::optional<store::ObjectKey> owner_key(const ResourceTypes& types, const Json& reference,
                                          const std::string& namespace_) {
  const std::string& version = text_at(reference, {"apiVersion"});
  const std::size_t slash = version.find('/');
  const std::string group = slash == std::string::npos ? "" : version.substr(0, slash);
  for (const ResourceType& each : types) {
    if (each.group != group || each.kind != text_at(reference, {"kind"})) continue;
    return store::ObjectKey{each.resource, each.namespaced ? namespace_ : "",
                            text_at(reference, {"name"})};
  }
  return std::nullopt;
}

const ResourceType* find_type(const ResourceTypes& types, const std::string& resource) {
  for (const ResourceType& each : types) {
    if (each.resource == resource) return &each;
  }
  return nullptr;
}

}  // namespace podrun::controllers
