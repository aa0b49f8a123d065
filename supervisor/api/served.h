// All resources that the API serves: the one table that routing, discovery and OpenAPI follow.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace podrun::api {

struct ServedSubresource {
  std::string_view name;            // "scale"
  std::string_view kind;            // "Scale"
  std::string_view group, version;  // of its kind; empty where they are the resource's
  std::string_view verbs;           // with spaces between
};

struct ServedResource {
  std::string_view group;                      // "" or "apps"
  std::span<const std::string_view> versions;  // preferred first
  std::string_view resource, singular, kind;   // "pods", "pod", "Pod"
  std::string_view short_names, categories;    // with spaces between: "po", "all"
  bool namespaced = true;
  std::string_view verbs;
  std::span<const ServedSubresource> subresources;
  /// The group that the objects are stored under, where it is another: extensions' ReplicaSets are
  /// those of apps.
  std::string_view stored_group;

  bool serves(std::string_view version) const;
  /// Whether there are objects of it: not of what is only created and answered (bindings, reviews).
  bool is_stored() const { return verbs.find("list") != std::string_view::npos; }
  const ServedSubresource* subresource(std::string_view name) const;
  /// As the store names it: "pods", "replicasets.apps".
  std::string key() const;
};

/// By group, as discovery lists them.
std::span<const ServedResource> served_resources();
/// Null where there is none.
const ServedResource* find_served(std::string_view group, std::string_view version,
                                  std::string_view resource);
const ServedResource* find_served_kind(std::string_view group, std::string_view version,
                                       std::string_view kind);

}  // namespace podrun::api
