// How large each ReplicaSet of a Deployment is to be next, pure: rolling, re-creating, and scaling
// in the middle of either. pkg/controller/deployment/{rolling,recreate,sync}.go.
#pragma once

#include <cstdint>
#include <vector>

#include "supervisor/controllers/deployment.h"

namespace podrun::controllers {

struct ScaleStep {
  store::Object set;
  std::int64_t replicas = 0;
};
using ScaleSteps = std::vector<ScaleStep>;

/// spec.replicas was changed since the sets were last sized.
bool is_scaling_event(const Json& deployment, const ReplicaSets& sets);
/// Sizes that follow spec.replicas without rolling on: the one set that has pods, or all of them in
/// proportion. Also for a paused Deployment.
ScaleSteps plan_scaling(const Json& deployment, const ReplicaSets& sets);

/// How large a set made for the present template begins, or grows at once.
std::int64_t next_size_of_latest(const Json& deployment, const ReplicaSets& sets);
/// One step of a rolling update: the new set grows, or else old ones shrink. sets.latest is there.
ScaleSteps plan_rolling(const Json& deployment, const ReplicaSets& sets);
/// Old sets go to zero at once.
ScaleSteps plan_stop_old(const ReplicaSets& sets);

}  // namespace podrun::controllers
