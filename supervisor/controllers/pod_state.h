// What controllers ask of a pod: does it count, is it ready and for how long, which goes first.
// pkg/controller/controller_utils.go and pkg/api/v1/pod, pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// Not Succeeded, not Failed, not being deleted.
bool is_active(const Json& pod);
std::vector<store::Object> active_of(std::vector<store::Object> pods);
/// The Ready condition is True.
bool is_ready(const Json& pod);
/// When it will have been ready for `min_ready`: in the past or now for a pod that is available.
/// Nothing for a pod that is not ready.
std::optional<WallTime> available_at(const Json& pod, Seconds min_ready);

/// How many pods a node runs, by spec.nodeName.
using NodeLoad = std::map<std::string, std::int64_t>;

/// The pods to delete so that `count` fewer are left, first to go first: not assigned, Pending
/// before Unknown before Running, not ready, lower controller.kubernetes.io/pod-deletion-cost, on a
/// node with more related pods, ready for a shorter time, more restarts, newer. Times are compared
/// by the logarithm of their age, as Kubernetes does since 1.22, and what is then still equal by
/// uid: a scale-down spreads over the pods of about one age.
std::vector<store::Object> pods_to_delete(std::vector<store::Object> pods, std::size_t count,
                                          const NodeLoad& load, WallTime now);

}  // namespace podrun::controllers
