// What a ReplicationController or a ReplicaSet does about its pods, pure: adopt and release,
// create, delete, and the status that tells of it. pkg/controller/replicaset.
//
// Kubernetes' "expectations" are not needed: they keep a controller from acting twice while its
// cache has not seen its own writes. Here a controller reads through api::Client, in process, on
// the thread that writes, and the store shows every write at once; a plan is never made from a list
// that lacks a pod created a moment ago. That also holds after a restart, when nothing is
// remembered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/pod_state.h"

namespace podrun::controllers {

/// The two kinds that share this code.
struct ReplicaKind {
  const char* resource;
  const char* api_version;
  const char* kind;
  const char* component;  // as events name their source
};
inline constexpr ReplicaKind kReplicationController = {
    "replicationcontrollers", "v1", "ReplicationController", "replication-controller"};
inline constexpr ReplicaKind kReplicaSet = {"replicasets.apps", "apps/v1", "ReplicaSet",
                                            "replicaset-controller"};

/// The most that one look creates or deletes (replicaset.BurstReplicas).
inline constexpr std::int64_t kBurstReplicas = 500;

struct ReplicaPlan {
  std::vector<store::Object> adopt, release;  // to be written before anything below
  std::vector<store::Object> owned;           // active, with those to adopt
  std::int64_t create = 0;
  std::vector<store::Object> remove;  // first to go first
  bool is_cut = false;                // more is to be done than one look does
};

/// `pods`: all of the namespace. A controller that is being deleted changes nothing.
ReplicaPlan plan_replicas(const Json& controller, const std::vector<store::Object>& pods,
                          const NodeLoad& load, WallTime now);

/// How many to create at a time: 1, 2, 4, … so that a failure that all would meet is met once.
std::vector<std::int64_t> slow_start_batches(std::int64_t count);

/// The pod that spec.template describes, for metadata.generateName to be completed.
Json pod_from_template(const Json& controller, const Json& owner_ref);

/// The pods per node that a scale-down weighs: those of all ReplicaSets of the same owner
/// (getIndirectlyRelatedPods). `siblings`: the ReplicaSets of the namespace.
NodeLoad related_load(const Json& controller, const std::vector<store::Object>& siblings,
                      const std::vector<store::Object>& pods);

/// Why pods could not be created or deleted.
struct ReplicaFailure {
  std::string reason;  // "FailedCreate", "FailedDelete"
  std::string message;
};
/// The new .status; equal to the present one where nothing changed. `owned`: its active pods.
Json replica_status(const Json& controller, const std::vector<store::Object>& owned,
                    const std::optional<ReplicaFailure>& failure, WallTime now);
/// When the next pod becomes available through minReadySeconds alone.
std::optional<WallTime> next_available(const Json& controller,
                                       const std::vector<store::Object>& owned, WallTime now);

}  // namespace podrun::controllers
