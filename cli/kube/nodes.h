// What the commands about nodes share.
#pragma once

#include <vector>

#include "cli/kube/change.h"
#include "cli/kube/targets.h"

namespace podrun::kube {

/// The nodes that the operands or --selector name. Throws UsageError where there are neither.
std::vector<Target> node_targets(Session& session);
/// Cordons a node, or undoes that, and tells of it.
void set_unschedulable(Session& session, const Target& node, const Change& change, bool wanted);

}  // namespace podrun::kube
