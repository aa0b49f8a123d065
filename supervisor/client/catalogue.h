// What the server has: its resources by all the names that people use, from the aggregated
// discovery documents (apidiscovery.k8s.io/v2).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

struct ResourceType {
  std::string group, version;             // "apps", "v1"
  std::string resource, singular, kind;   // "deployments", "deployment", "Deployment"
  std::vector<std::string> short_names;   // "deploy"
  std::vector<std::string> categories;    // "all"
  std::vector<std::string> verbs;         // "get", "list", …
  std::vector<std::string> subresources;  // "scale"
  bool namespaced = true;

  std::string api_version() const;  // "apps/v1"
  /// "deployment.apps", as messages name a kind.
  std::string shown_kind() const;
  /// "deployments.apps", as errors name a resource.
  std::string full_name() const;
  bool can(std::string_view verb) const;
  bool has(std::string_view subresource) const;
  /// "/apis/apps/v1/namespaces/default/deployments"; without "namespaces" where `space` is empty or
  /// the resource has none.
  std::string collection(std::string_view space) const;
  std::string path(std::string_view space, std::string_view name) const;
};

class Catalogue {
 public:
  Catalogue() = default;
  /// Of the answers to GET /api and GET /apis.
  Catalogue(const Json& core, const Json& groups);

  /// By plural, singular, short name or kind, in any case; behind it may stand a group
  /// ("deployments.apps") or a version and a group ("deployments.v1.apps"). Null where there is
  /// none.
  const ResourceType* find(std::string_view word) const;
  const ResourceType* find_kind(std::string_view api_version, std::string_view kind) const;
  /// The resources of a category ("all"), as the server orders them.
  std::vector<const ResourceType*> category(std::string_view name) const;
  const std::vector<ResourceType>& all() const { return types_; }

 private:
  void add(const Json& document);
  std::vector<ResourceType> types_;
};

}  // namespace podrun::client
