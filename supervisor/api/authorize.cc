#include "supervisor/api/authorize.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

/// plugin/pkg/auth/authorizer/rbac/bootstrappolicy: system:discovery, system:public-info-viewer.
bool is_public(std::string_view path) {
  for (const std::string_view exact : {"/healthz", "/livez", "/readyz", "/version", "/version/"}) {
    if (path == exact) return true;
  }
  for (const std::string_view root : {"/api", "/apis", "/openapi"}) {
    if (path == root || (path.starts_with(root) && path[root.size()] == '/')) return true;
  }
  return false;
}

}  // namespace

void authorize(const Request& request, const std::optional<RequestInfo>& info) {
  const auto& groups = request.user.groups;
  if (std::find(groups.begin(), groups.end(), "system:masters") != groups.end()) return;
  const std::string user = "User \"" + request.user.name + "\" cannot ";
  if (!info || info->resource.empty()) {
    if (request.method == "GET" && is_public(request.path)) return;
    throw forbidden({}, user + lowercase(request.method) + " path \"" + request.path + "\"");
  }
  const std::string resource =
      info->resource + (info->subresource.empty() ? "" : "/" + info->subresource);
  throw forbidden(
      {info->group, info->resource, "", info->name},
      user + info->verb + " resource \"" + resource + "\" in API group \"" + info->group + "\"" +
          (info->namespace_.empty() ? " at the cluster scope"
                                    : " in the namespace \"" + info->namespace_ + "\""));
}

}  // namespace podrun::api
