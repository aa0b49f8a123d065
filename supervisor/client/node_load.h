// What pods ask of their node.
#pragma once

#include "supervisor/client/describe_parts.h"

namespace podrun::client {

struct PodNeeds {
  Resources requests, limits;
};

/// Sums over containers and sidecars, or the largest init container where that is more; what is set
/// for the pod as a whole takes their place. With the pod's overhead. (component-helpers,
/// resource.PodRequests and PodLimits)
PodNeeds needs_of(const Json& pod);
void add(PodNeeds& total, const PodNeeds& needs);

}  // namespace podrun::client
