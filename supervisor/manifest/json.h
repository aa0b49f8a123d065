// Typed objects from and to Kubernetes' JSON. Decoding here trusts its input (it was validated: see
// load.h) and throws BadInput on a wrong type. This is the only part of the manifest library that
// podrun-pod links.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

Pod pod_from_json(const nlohmann::ordered_json& json);
/// As `kubectl get -o json` orders and names the fields; quantities as the user wrote them;
/// defaults included.
nlohmann::ordered_json to_json(const Pod& pod);
nlohmann::ordered_json to_json(const ResourceRequirements& resources);

}  // namespace podrun::manifest
