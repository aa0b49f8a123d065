// Who may do what: system:masters everything, all others, service accounts, what system:discovery
// lets everyone do. There are no roles that could give them more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/api/http.h"
#include "supervisor/api/request_info.h"

namespace podrun::api {

/// What somebody may or may not do: `verb` with a resource, or with a path.
struct Access {
  std::string verb;  // "get"
  std::string namespace_, group, resource, subresource, name;
  std::string path;  // where `resource` is empty
};
bool may(const User& user, const Access& access);

/// All that a user may do, as authorization.k8s.io ResourceRules and NonResourceRules have it.
struct Rules {
  struct Rule {
    std::vector<std::string> verbs, groups, targets;  // resources or paths
  };
  std::vector<Rule> resources, paths;
};
Rules rules_of(const User& user);

/// The groups that a user of this name always has (endpoints/filters/impersonation).
std::vector<std::string> groups_of(const std::string& name);
/// As whom the request is to be seen (Impersonate-User, -Group): nobody where it does not say so.
/// Throws ApiError 403 where its user may not speak for others.
std::optional<User> impersonated(const Request& request);

/// Throws ApiError 403 in Kubernetes' words. `info` is of a resource's path.
void authorize(const Request& request, const std::optional<RequestInfo>& info);

}  // namespace podrun::api
