// Whether the node takes other resources of a pod that runs (kubelet's allocation manager), and how
// the pod shows it. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/manifest/resources.h"
#include "supervisor/store/object.h"

namespace podrun::node {

using Json = store::Json;

/// How soon a resize that has no room yet is looked at again, should nothing else tell
/// (pkg/kubelet/allocation, initialRetryDelay).
inline constexpr Seconds kDeferredRetry{30};
inline constexpr const char* kResizePending = "PodResizePending";

/// The resources of all containers of a pod, to be compared: {"containers": {NAME: …}, …}.
Json resources_of(const Json& pod);
/// `pod` with the resources of the containers of `from` that have the same names.
Json with_resources(Json pod, const Json& from);

/// The node's allocatable, and what of it other pods asked for and got.
struct NodeRoom {
  manifest::PodRequests allocatable, used;
};
/// `pods`: all of the API; those count that are on the node, have not ended and are not `uid`.
NodeRoom room_for(const std::string& uid, const Json& node, const std::vector<store::Object>& pods);

struct ResizeVerdict {
  std::string reason, message;  // "Infeasible" or "Deferred", and why; empty: it is taken
  bool fits() const { return reason.empty(); }
};
/// What asks for no more than it has (`has`) always fits.
ResizeVerdict judge_resize(const manifest::PodRequests& has, const manifest::PodRequests& wanted,
                           const NodeRoom& room);

/// Whether `status` has the condition PodResizePending.
bool is_pending(const Json& status);
/// Sets or removes the condition PodResizePending; false where `status` says the same already.
bool show_pending(Json& status, const ResizeVerdict& verdict, std::int64_t generation,
                  WallTime now);

}  // namespace podrun::node
