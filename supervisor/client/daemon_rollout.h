// How far a DaemonSet's rollout is, as kubectl's status viewer says. Pure.
#pragma once

#include "supervisor/client/condition.h"

namespace podrun::client {

/// Throws Error where there are no rollouts: pods are replaced by who deletes them.
RolloutState daemon_rollout_state(const Json& set);

}  // namespace podrun::client
