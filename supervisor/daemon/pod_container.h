// A pod's containers by name, as the subresources that speak of one container need them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "supervisor/api/http.h"
#include "supervisor/pod/paths.h"
#include "supervisor/store/object.h"

namespace podrun::daemon {

/// Where a pod's files are: each node has folders of its own. Throws ApiError where its node cannot
/// be reached.
using RootsOf = std::function<pod::Roots(const store::Json& pod)>;

/// The container that `wanted` names; for "" the pod's only one. Throws ApiError 400.
std::string chosen_container(const store::Json& pod, std::string_view wanted);
/// The container that exec and attach mean: the named one, the one that the pod's annotation names,
/// or the first.
std::string default_container(const store::Json& pod, std::string_view wanted);
/// Throws ApiError 500 where the container does not run.
void require_running(const store::Json& pod, const std::string& container);
/// A query parameter as a boolean.
bool is_true(const api::Request& request, const char* name);
/// Its entry in the pod's status; an empty object where there is none.
store::Json container_status(const store::Json& pod, const std::string& container);

}  // namespace podrun::daemon
