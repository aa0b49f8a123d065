// What pods ask of their node.
#pragma once

#include "supervisor/client/describe_parts.h"

namespace podrun::client {

struct PodNeeds {
  Resources requests, limits;
};

/// Sums over containers and sidecars, or the largest init container where that is more; with the
/// pod's overhead. What is set for the pod as a whole is left out, as kubectl does.
PodNeeds needs_of(const Json& pod);
void add(PodNeeds& total, const PodNeeds& needs);

}  // namespace podrun::client
