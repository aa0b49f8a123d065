// What a Deployment's status says: counts, and whether it is available and makes progress. Pure.
// pkg/controller/deployment/progress.go.
#pragma once

#include <optional>
#include <string>

#include "supervisor/controllers/deployment.h"

namespace podrun::controllers {

/// Sets a condition of status.conditions. One with the same status and reason is left as it is;
/// lastTransitionTime moves with the status alone.
void set_deployment_condition(Json& status, const char* type, const char* state, const char* reason,
                              const std::string& message, WallTime now);

/// The new .status. `estimate`: whether this look is part of a rollout, whose progress is judged.
Json deployment_status(const Json& deployment, const ReplicaSets& sets, bool estimate,
                       WallTime now);
/// The status with Progressing as pausing and resuming leave it.
Json with_pause(const Json& deployment, WallTime now);

/// All pods are of the new set, and available.
bool is_complete(const Json& deployment, const Json& status);
/// Without one there is no condition Progressing.
bool has_progress_deadline(const Json& deployment);
/// When a rollout without progress is over its deadline; nothing where that cannot be.
std::optional<WallTime> progress_deadline(const Json& deployment, const Json& status);

}  // namespace podrun::controllers
