// A pod's containers by name, as the subresources that speak of one container need them.
#pragma once

#include <string>
#include <string_view>

#include "supervisor/store/object.h"

namespace podrun::daemon {

/// The container that `wanted` names; for "" the pod's only one. Throws ApiError 400.
std::string chosen_container(const store::Json& pod, std::string_view wanted);
/// Its entry in the pod's status; an empty object where there is none.
store::Json container_status(const store::Json& pod, const std::string& container);

}  // namespace podrun::daemon
