#include "supervisor/api/discovery.h"

#include <algorithm>
#include <vector>

#include "supervisor/api/accept.h"
#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

/// A group without resources of its own: who evicts pods looks for its name (kubectl drain), though
/// evictions are pods' subresource.
constexpr std::string_view kPolicy = "policy";

Json words(std::string_view text) {
  Json list = Json::array();
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    list.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return list;
}

/// "v1" before "v1beta2" before "v1beta1".
std::vector<std::string_view> versions_of(std::string_view group) {
  if (group == kPolicy) return {"v1"};
  std::vector<std::string_view> versions;
  for (const ServedResource& served : served_resources()) {
    if (served.group != group) continue;
    for (const std::string_view version : served.versions) {
      if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
        versions.push_back(version);
      }
    }
  }
  std::sort(versions.begin(), versions.end(), [](std::string_view a, std::string_view b) {
    const bool beta_a = a.find("beta") != a.npos, beta_b = b.find("beta") != b.npos;
    return beta_a != beta_b ? beta_b : a > b;
  });
  return versions;
}

std::vector<std::string_view> named_groups() {
  std::vector<std::string_view> groups;
  for (const ServedResource& served : served_resources()) {
    if (!served.group.empty() && (groups.empty() || groups.back() != served.group)) {
      groups.push_back(served.group);
    }
  }
  groups.push_back(kPolicy);
  return groups;
}

std::string group_version(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

Json group_json(std::string_view group, bool whole) {
  Json json = Json::object();
  if (whole) json = {{"kind", "APIGroup"}, {"apiVersion", "v1"}};
  json["name"] = group;
  Json& versions = json["versions"] = Json::array();
  for (const std::string_view version : versions_of(group)) {
    versions.push_back({{"groupVersion", group_version(group, version)}, {"version", version}});
  }
  json["preferredVersion"] = versions.front();
  return json;
}

Json resource_json(const ServedResource& served) {
  Json json = {{"name", served.resource},
               {"singularName", served.singular},
               {"namespaced", served.namespaced},
               {"kind", served.kind},
               {"verbs", words(served.verbs)}};
  if (!served.short_names.empty()) json["shortNames"] = words(served.short_names);
  if (!served.categories.empty()) json["categories"] = words(served.categories);
  return json;
}

Json subresource_json(const ServedResource& served, const ServedSubresource& subresource) {
  Json json = {{"name", std::string(served.resource) + "/" + std::string(subresource.name)},
               {"singularName", ""},
               {"namespaced", served.namespaced}};
  if (!subresource.group.empty()) json["group"] = subresource.group;
  if (!subresource.version.empty()) json["version"] = subresource.version;
  json["kind"] = subresource.kind.empty() ? served.kind : subresource.kind;
  json["verbs"] = words(subresource.verbs);
  return json;
}

std::optional<Json> resource_list(std::string_view group, std::string_view version) {
  Json resources = Json::array();
  for (const ServedResource& served : served_resources()) {
    if (served.group != group || !served.serves(version)) continue;
    resources.push_back(resource_json(served));
    for (const auto& subresource : served.subresources) {
      resources.push_back(subresource_json(served, subresource));
    }
  }
  const bool is_policy = group == kPolicy && version == "v1";
  if (resources.empty() && !is_policy) return {};
  Json list = {{"kind", "APIResourceList"}};
  if (!group.empty()) list["apiVersion"] = "v1";
  list["groupVersion"] = group_version(group, version);
  list["resources"] = std::move(resources);
  return list;
}

Json core_versions(std::string_view address) {
  return {{"kind", "APIVersions"},
          {"versions", {"v1"}},
          {"serverAddressByClientCIDRs",
           Json::array({{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", address}}})}};
}

Json group_list() {
  Json groups = Json::array();
  for (const std::string_view group : named_groups()) groups.push_back(group_json(group, false));
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}};
}

Json kind_json(std::string_view group, std::string_view version, std::string_view kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

Json aggregated_resource(const ServedResource& served, std::string_view version) {
  Json json = {{"resource", served.resource},
               {"responseKind", kind_json(served.group, version, served.kind)},
               {"scope", served.namespaced ? "Namespaced" : "Cluster"},
               {"singularResource", served.singular},
               {"verbs", words(served.verbs)}};
  if (!served.short_names.empty()) json["shortNames"] = words(served.short_names);
  if (!served.categories.empty()) json["categories"] = words(served.categories);
  for (const auto& subresource : served.subresources) {
    const bool own = subresource.version.empty();
    json["subresources"].push_back(
        {{"subresource", subresource.name},
         {"responseKind",
          kind_json(own ? served.group : subresource.group, own ? version : subresource.version,
                    subresource.kind.empty() ? served.kind : subresource.kind)},
         {"verbs", words(subresource.verbs)}});
  }
  return json;
}

Json aggregated_group(std::string_view group) {
  Json metadata = Json::object();
  if (!group.empty()) metadata["name"] = group;
  metadata["creationTimestamp"] = nullptr;
  Json versions = Json::array();
  for (const std::string_view version : versions_of(group)) {
    Json resources = Json::array();
    for (const ServedResource& served : served_resources()) {
      if (served.group == group && served.serves(version)) {
        resources.push_back(aggregated_resource(served, version));
      }
    }
    versions.push_back(
        {{"version", version}, {"resources", std::move(resources)}, {"freshness", "Current"}});
  }
  return {{"metadata", std::move(metadata)}, {"versions", std::move(versions)}};
}

Json aggregated(bool core, const std::string& version) {
  Json items = Json::array();
  if (core) {
    items.push_back(aggregated_group(""));
  } else {
    for (const std::string_view group : named_groups()) items.push_back(aggregated_group(group));
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/" + version},
          {"metadata", Json::object()},
          {"items", std::move(items)}};
}

/// The version of aggregated discovery that the client prefers to the old form; "" for the old one.
std::string aggregated_version(std::string_view accept) {
  for (const AcceptClause& clause : parse_accept(accept)) {
    if (!accepts_json(clause)) continue;
    if (clause.as.empty()) return "";
    if (clause.as == "APIGroupDiscoveryList" && clause.group == "apidiscovery.k8s.io" &&
        (clause.version == "v2" || clause.version == "v2beta1")) {
      return clause.version;
    }
  }
  return "";
}

DiscoveryAnswer entry(bool core, std::string_view accept, std::string_view address) {
  const std::string version = aggregated_version(accept);
  if (version.empty()) return {core ? core_versions(address) : group_list()};
  return {aggregated(core, version),
          "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList"};
}

}  // namespace

std::optional<DiscoveryAnswer> discover(std::string_view path, std::string_view accept,
                                        std::string_view address) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path == "/api" || path == "/apis") return entry(path == "/api", accept, address);
  std::optional<Json> body;
  constexpr std::string_view kCore = "/api/", kNamed = "/apis/";
  if (path.starts_with(kCore)) {
    body = resource_list("", path.substr(kCore.size()));
  } else if (path.starts_with(kNamed)) {
    const std::string_view rest = path.substr(kNamed.size());
    const std::size_t slash = rest.find('/');
    const std::string_view group = rest.substr(0, slash);
    if (slash != std::string_view::npos) {
      if (!group.empty()) body = resource_list(group, rest.substr(slash + 1));
    } else if (!group.empty() && !versions_of(group).empty()) {
      body = group_json(group, true);
    }
  }
  if (!body) return {};
  return DiscoveryAnswer{std::move(*body)};
}

Json version_info(std::string_view git_version) {
  std::string_view rest = git_version;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  const std::size_t dot = rest.find('.');
  const std::string_view major = rest.substr(0, dot);
  const std::string_view minor =
      dot == std::string_view::npos ? "" : rest.substr(dot + 1, rest.find('.', dot + 1) - dot - 1);
  return {{"major", major},  {"minor", minor},          {"gitVersion", git_version},
          {"gitCommit", ""}, {"gitTreeState", "clean"}, {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", ""}, {"compiler", "gcc"},       {"platform", "linux/amd64"}};
}

}  // namespace podrun::api
