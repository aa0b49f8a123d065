// The fields of ReplicationController, ReplicaSet and Deployment. Sorted by name.
#include "supervisor/manifest/field_rows.h"
#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

using namespace rows;

// A condition's `reason` and `message` stand even where they are empty in old objects only.
constexpr Field kConditionFields[] = {
    string("lastTransitionTime"),
    string("lastUpdateTime"),
    string("message"),
    string("reason"),
    string("status"),
    string("type"),
};
constexpr ObjectType kCondition{kConditionFields, "Condition"};

constexpr Field kReplicaStatusFields[] = {
    plain(int32("availableReplicas")),    list(object("conditions", kCondition)),
    plain(int32("fullyLabeledReplicas")), plain(int64("observedGeneration")),
    plain(int32("readyReplicas")),        int32("replicas"),
    int32("terminatingReplicas"),
};
constexpr ObjectType kControllerStatus{kReplicaStatusFields, "ReplicationControllerStatus"};
constexpr ObjectType kSetStatus{kReplicaStatusFields, "ReplicaSetStatus"};

constexpr Field kControllerSpecFields[] = {
    plain(int32("minReadySeconds")),
    int32("replicas"),
    strings("selector"),
    object("template", kPodTemplateType),
};
constexpr ObjectType kControllerSpec{kControllerSpecFields, "ReplicationControllerSpec"};
constexpr Field kControllerFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kControllerSpec),
    object("status", kControllerStatus),
};

constexpr Field kSetSpecFields[] = {
    plain(int32("minReadySeconds")),
    int32("replicas"),
    object("selector", kLabelSelectorType),
    object("template", kPodTemplateType),
};
constexpr ObjectType kSetSpec{kSetSpecFields, "ReplicaSetSpec"};
constexpr Field kSetFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kSetSpec),
    object("status", kSetStatus),
};

constexpr Field kRollingUpdateFields[] = {{"maxSurge", kIntOrString},
                                          {"maxUnavailable", kIntOrString}};
constexpr ObjectType kRollingUpdate{kRollingUpdateFields, "RollingUpdateDeployment"};
constexpr Field kStrategyFields[] = {object("rollingUpdate", kRollingUpdate), string("type")};
constexpr ObjectType kStrategy{kStrategyFields, "DeploymentStrategy"};
constexpr Field kDeploymentSpecFields[] = {
    plain(int32("minReadySeconds")),
    plain(boolean("paused")),
    int32("progressDeadlineSeconds"),
    int32("replicas"),
    int32("revisionHistoryLimit"),
    any("rollbackTo"),  // of v1beta1 only
    object("selector", kLabelSelectorType),
    object("strategy", kStrategy),
    object("template", kPodTemplateType),
};
constexpr ObjectType kDeploymentSpec{kDeploymentSpecFields, "DeploymentSpec"};
constexpr Field kDeploymentStatusFields[] = {
    plain(int32("availableReplicas")),      int32("collisionCount"),
    list(object("conditions", kCondition)), plain(int64("observedGeneration")),
    plain(int32("readyReplicas")),          plain(int32("replicas")),
    int32("terminatingReplicas"),           plain(int32("unavailableReplicas")),
    plain(int32("updatedReplicas")),
};
constexpr ObjectType kDeploymentStatus{kDeploymentStatusFields, "DeploymentStatus"};
constexpr Field kDeploymentFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kDeploymentSpec),
    object("status", kDeploymentStatus),
};

}  // namespace

constexpr ObjectType kReplicationControllerType{kControllerFields, "ReplicationController"};
constexpr ObjectType kReplicaSetType{kSetFields, "ReplicaSet"};
constexpr ObjectType kDeploymentType{kDeploymentFields, "Deployment"};

}  // namespace podrun::manifest
