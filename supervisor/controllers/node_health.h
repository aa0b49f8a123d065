// What becomes of a node that is not heard of, and of its pods: conditions, taints, evictions.
// pkg/controller/nodelifecycle and tainteviction. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"
#include "supervisor/scheduling/pod_facts.h"

namespace podrun::controllers {

/// kube-controller-manager's defaults.
struct NodeFigures {
  Seconds grace{40};          // without a heartbeat: --node-monitor-grace-period
  Seconds startup_grace{60};  // for one that never reported
};

/// True where condition Ready is True.
bool is_node_ready(const Json& node);
/// Its last report said nothing of Ready: it never reported.
bool has_reported(const Json& node);
/// The status of a node that is not heard of any more: what was known is Unknown.
Json lost_status(const Json& node, WallTime now);

/// What becomes of the taints NoExecute of nodes that are not ready.
enum class Eviction {
  kAllowed,
  kHeld,  // those that are there stay, no others come: so many are lost that it may not be them
  kNone,  // all are lost: it is not them
};
/// node_lifecycle_controller.go, ComputeZoneState and ReducedQPSFunc; all nodes are one zone.
Eviction eviction_of(std::int64_t ready, std::int64_t not_ready);

/// spec.taints as the node's conditions and spec.unschedulable have them; foreign ones stay as they
/// are.
Json wanted_taints(const Json& node, Eviction eviction, WallTime now);

/// A taint that drives pods away, and since when it counts.
struct Drive {
  scheduling::Taint taint;
  WallTime since;
};
/// `first_seen` stands for taints that do not say themselves since when they are there.
std::vector<Drive> drives_of(const Json& node, const std::map<std::string, WallTime>& first_seen);
/// As first_seen names a taint.
std::string taint_name(const scheduling::Taint& taint);
/// When the pod has to go; nothing where it may stay. Past where it tolerates one of them not. A
/// toleration's seconds begin when both the taint and the pod are there.
std::optional<WallTime> eviction_time(const Json& pod, const std::vector<Drive>& drives);

/// The pod with condition Ready as False; nothing where it is not True.
std::optional<Json> made_unready(const Json& pod, WallTime now);
/// The pod with condition DisruptionTarget.
Json marked_for_eviction(const Json& pod, WallTime now);

}  // namespace podrun::controllers
