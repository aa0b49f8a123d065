// Conditions of pods that others than their node set.
#pragma once

#include <string>

#include "base/clock.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::manifest {

/// DisruptionTarget: the pod is about to be ended, and not for what it did.
Json disruption_target(const std::string& reason, const std::string& message, WallTime now);

/// Adds the condition, after taking away one of its type.
void set_condition(Json& pod, Json condition);

}  // namespace podrun::manifest
