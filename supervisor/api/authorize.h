// Who may do what: system:masters everything, all others, service accounts, what system:discovery
// lets everyone do. There are no roles that could give them more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/api/http.h"
#include "supervisor/api/request_info.h"

namespace podrun::api {

/// The groups that a user of this name always has (endpoints/filters/impersonation).
std::vector<std::string> groups_of(const std::string& name);
/// As whom the request is to be seen (Impersonate-User, -Group): nobody where it does not say so.
/// Throws ApiError 403 where its user may not speak for others.
std::optional<User> impersonated(const Request& request);

/// Throws ApiError 403 in Kubernetes' words. `info` is of a resource's path.
void authorize(const Request& request, const std::optional<RequestInfo>& info);

}  // namespace podrun::api
