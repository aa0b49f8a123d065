// Who may do what: system:masters everything, all others, service accounts, what system:discovery
// lets everyone do. There are no roles that could give them more.
#pragma once

#include <optional>

#include "supervisor/api/http.h"
#include "supervisor/api/request_info.h"

namespace podrun::api {

/// As whom the request is to be seen (Impersonate-User, -Group): nobody where it does not say so.
/// Throws ApiError 403 where its user may not speak for others.
std::optional<User> impersonated(const Request& request);

/// Throws ApiError 403 in Kubernetes' words. `info` is of a resource's path.
void authorize(const Request& request, const std::optional<RequestInfo>& info);

}  // namespace podrun::api
