#include "supervisor/client/catalogue.h"

#include <algorithm>

#include "base/text.h"
#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : list) {
    if (item.is_string()) out.push_back(item.get<std::string>());
  }
  return out;
}

ResourceType resource_of(const Json& json, std::string_view group, std::string_view version) {
  ResourceType type;
  type.group = group;
  type.version = version;
  type.resource = api::text_at(json, "resource");
  type.singular = api::text_at(json, "singularResource");
  type.kind = api::text_at(json, "responseKind.kind");
  type.short_names = texts(api::at_path(json, "shortNames"));
  type.categories = texts(api::at_path(json, "categories"));
  type.verbs = texts(api::at_path(json, "verbs"));
  type.namespaced = api::text_at(json, "scope") == "Namespaced";
  for (const Json& sub : api::at_path(json, "subresources")) {
    type.subresources.push_back(api::text_at(sub, "subresource"));
  }
  return type;
}

bool has_name(const ResourceType& type, const std::string& word) {
  return type.resource == word || type.singular == word || contains(type.short_names, word) ||
         lowercase(type.kind) == word;
}

}  // namespace

std::string ResourceType::api_version() const {
  return group.empty() ? version : group + "/" + version;
}

std::string ResourceType::shown_kind() const {
  return lowercase(kind) + (group.empty() ? "" : "." + group);
}

std::string ResourceType::full_name() const {
  return resource + (group.empty() ? "" : "." + group);
}

bool ResourceType::can(std::string_view verb) const { return contains(verbs, verb); }

bool ResourceType::has(std::string_view subresource) const {
  return contains(subresources, subresource);
}

std::string ResourceType::collection(std::string_view space) const {
  std::string path = group.empty() ? "/api/" + version : "/apis/" + group + "/" + version;
  if (namespaced && !space.empty()) path += "/namespaces/" + std::string(space);
  return path + "/" + resource;
}

std::string ResourceType::path(std::string_view space, std::string_view name) const {
  return collection(space) + "/" + std::string(name);
}

Catalogue::Catalogue(const Json& core, const Json& groups) {
  add(core);
  add(groups);
}

void Catalogue::add(const Json& document) {
  for (const Json& group : api::at_path(document, "items")) {
    const std::string name = api::text_at(group, "metadata.name");
    for (const Json& version : api::at_path(group, "versions")) {
      for (const Json& resource : api::at_path(version, "resources")) {
        types_.push_back(resource_of(resource, name, api::text_at(version, "version")));
      }
    }
  }
}

const ResourceType* Catalogue::find(std::string_view word) const {
  const std::string wanted = lowercase(word);
  const std::string name = wanted.substr(0, wanted.find('.'));
  const std::string rest = name.size() < wanted.size() ? wanted.substr(name.size() + 1) : "";
  for (const ResourceType& type : types_) {
    if (!has_name(type, name)) continue;
    const std::string with_version = type.version + "." + type.group;
    if (rest.empty() || rest == type.group || rest == with_version) return &type;
  }
  return nullptr;
}

const ResourceType* Catalogue::find_kind(std::string_view api_version,
                                         std::string_view kind) const {
  for (const ResourceType& type : types_) {
    if (type.kind == kind && type.api_version() == api_version) return &type;
  }
  return nullptr;
}

std::vector<const ResourceType*> Catalogue::category(std::string_view name) const {
  std::vector<const ResourceType*> found;
  std::vector<std::string> kinds;
  for (const ResourceType& type : types_) {
    // An older version, or an older group, has the same objects.
    if (!contains(type.categories, name) || contains(kinds, type.kind)) continue;
    kinds.push_back(type.kind);
    found.push_back(&type);
  }
  return found;
}

}  // namespace podrun::client
