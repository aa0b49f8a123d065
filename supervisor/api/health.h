// What says how the API is: /healthz, /livez and /readyz with each of their checks, and the paths
// that there are.
#pragma once

#include <optional>

#include "supervisor/api/http.h"

namespace podrun::api {

/// GET /healthz, /livez, /readyz (with `verbose` and `exclude`) and one check of them, as
/// apiserver/pkg/server/healthz writes them. Nothing for other paths. That something answers is all
/// there is to check: what it needs, it opened before it listened.
std::optional<Response> health(const Request& request);

/// GET /: all paths below which there is something (metav1.RootPaths).
Response root_paths();

}  // namespace podrun::api
