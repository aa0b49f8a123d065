// The two forms of an event: core/v1, which is stored, and events.k8s.io/v1.
#pragma once

#include <nlohmann/json.hpp>

namespace podrun::manifest {

nlohmann::ordered_json newer_event(const nlohmann::ordered_json& stored);
/// Fields under their names of core/v1; apiVersion is left alone.
void to_stored_event(nlohmann::ordered_json& event);

}  // namespace podrun::manifest
