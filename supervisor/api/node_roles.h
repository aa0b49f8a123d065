// What `kubectl get nodes` and `describe node` call a node's roles.
#pragma once

#include <string>

#include "supervisor/api/json_path.h"

namespace podrun::api {

/// By its labels (node-role.kubernetes.io/ROLE, kubernetes.io/role), sorted, with commas;
/// "<none>".
std::string node_roles(const Json& node);

}  // namespace podrun::api
