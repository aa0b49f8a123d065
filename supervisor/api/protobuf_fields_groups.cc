// Fields of apps/v1, authentication.k8s.io/v1, autoscaling/v1, coordination.k8s.io/v1,
// discovery.k8s.io/v1, events.k8s.io/v1 and policy/v1.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kRollingUpdateDeploymentFields[] = {
    {1, "maxUnavailable", kIntOrString, kExplicit},
    {2, "maxSurge", kIntOrString, kExplicit},
};
constexpr Message kRollingUpdateDeployment{"RollingUpdateDeployment",
                                           kRollingUpdateDeploymentFields};

constexpr Field kDeploymentStrategyFields[] = {
    {1, "type", kString},
    {2, "rollingUpdate", kMessage, kExplicit, &kRollingUpdateDeployment},
};
constexpr Message kDeploymentStrategy{"DeploymentStrategy", kDeploymentStrategyFields};

constexpr Field kDeploymentSpecFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "selector", kMessage, kExplicit, &kLabelSelector},
    {3, "template", kMessage, kPlain, &kPodTemplateSpec},
    {4, "strategy", kMessage, kPlain, &kDeploymentStrategy},
    {5, "minReadySeconds", kInt},
    {6, "revisionHistoryLimit", kInt, kExplicit},
    {7, "paused", kBool},
    {9, "progressDeadlineSeconds", kInt, kExplicit},
};
constexpr Message kDeploymentSpec{"DeploymentSpec", kDeploymentSpecFields};

constexpr Field kDeploymentConditionFields[] = {
    {1, "type", kString},    {2, "status", kString},       {4, "reason", kString},
    {5, "message", kString}, {6, "lastUpdateTime", kTime}, {7, "lastTransitionTime", kTime},
};
constexpr Message kDeploymentCondition{"DeploymentCondition", kDeploymentConditionFields};

constexpr Field kDeploymentStatusFields[] = {
    {1, "observedGeneration", kInt},
    {2, "replicas", kInt},
    {3, "updatedReplicas", kInt},
    {4, "availableReplicas", kInt},
    {5, "unavailableReplicas", kInt},
    {6, "conditions", kMessage, kRepeated, &kDeploymentCondition},
    {7, "readyReplicas", kInt},
    {8, "collisionCount", kInt, kExplicit},
    {9, "terminatingReplicas", kInt, kExplicit},
};
constexpr Message kDeploymentStatus{"DeploymentStatus", kDeploymentStatusFields};

constexpr Field kDeploymentFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kDeploymentSpec},
    {3, "status", kMessage, kPlain, &kDeploymentStatus},
};

constexpr Field kReplicaSetSpecFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "selector", kMessage, kExplicit, &kLabelSelector},
    {3, "template", kMessage, kPlain, &kPodTemplateSpec},
    {4, "minReadySeconds", kInt},
};
constexpr Message kReplicaSetSpec{"ReplicaSetSpec", kReplicaSetSpecFields};

constexpr Field kReplicaSetConditionFields[] = {
    {1, "type", kString},   {2, "status", kString},  {3, "lastTransitionTime", kTime},
    {4, "reason", kString}, {5, "message", kString},
};
constexpr Message kReplicaSetCondition{"ReplicaSetCondition", kReplicaSetConditionFields};

constexpr Field kReplicaSetStatusFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "fullyLabeledReplicas", kInt},
    {3, "observedGeneration", kInt},
    {4, "readyReplicas", kInt},
    {5, "availableReplicas", kInt},
    {6, "conditions", kMessage, kRepeated, &kReplicaSetCondition},
    {7, "terminatingReplicas", kInt, kExplicit},
};
constexpr Message kReplicaSetStatus{"ReplicaSetStatus", kReplicaSetStatusFields};

constexpr Field kReplicaSetFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kReplicaSetSpec},
    {3, "status", kMessage, kPlain, &kReplicaSetStatus},
};

constexpr Field kEvictionFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "deleteOptions", kMessage, kExplicit, &kDeleteOptions},
};

constexpr Field kScaleSpecFields[] = {
    {1, "replicas", kInt},
};
constexpr Message kScaleSpec{"ScaleSpec", kScaleSpecFields};

constexpr Field kScaleStatusFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "selector", kString},
};
constexpr Message kScaleStatus{"ScaleStatus", kScaleStatusFields};

constexpr Field kScaleFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kScaleSpec},
    {3, "status", kMessage, kPlain, &kScaleStatus},
};

constexpr Field kLeaseSpecFields[] = {
    {1, "holderIdentity", kString, kExplicit},  {2, "leaseDurationSeconds", kInt, kExplicit},
    {3, "acquireTime", kMicroTime, kExplicit},  {4, "renewTime", kMicroTime, kExplicit},
    {5, "leaseTransitions", kInt, kExplicit},   {6, "strategy", kString, kExplicit},
    {7, "preferredHolder", kString, kExplicit},
};
constexpr Message kLeaseSpec{"LeaseSpec", kLeaseSpecFields};

constexpr Field kLeaseFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kLeaseSpec},
};

constexpr Field kEventsEventSeriesFields[] = {
    {1, "count", kInt, kExplicit},
    {2, "lastObservedTime", kMicroTime, kExplicit},
};
constexpr Message kEventsEventSeries{"EventsEventSeries", kEventsEventSeriesFields};

constexpr Field kEventsEventFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "eventTime", kMicroTime, kExplicit},
    {3, "series", kMessage, kExplicit, &kEventsEventSeries},
    {4, "reportingController", kString},
    {5, "reportingInstance", kString},
    {6, "action", kString},
    {7, "reason", kString},
    {8, "regarding", kMessage, kPlain, &kObjectReference},
    {9, "related", kMessage, kExplicit, &kObjectReference},
    {10, "note", kString},
    {11, "type", kString},
    {12, "deprecatedSource", kMessage, kPlain, &kEventSource},
    {13, "deprecatedFirstTimestamp", kTime},
    {14, "deprecatedLastTimestamp", kTime},
    {15, "deprecatedCount", kInt},
};

constexpr Field kEndpointConditionsFields[] = {
    {1, "ready", kBool, kExplicit},
    {2, "serving", kBool, kExplicit},
    {3, "terminating", kBool, kExplicit},
};
constexpr Message kEndpointConditions{"EndpointConditions", kEndpointConditionsFields};

constexpr Field kForZoneFields[] = {
    {1, "name", kString},
};
constexpr Message kForZone{"ForZone", kForZoneFields};

constexpr Field kForNodeFields[] = {
    {1, "name", kString},
};
constexpr Message kForNode{"ForNode", kForNodeFields};

constexpr Field kEndpointHintsFields[] = {
    {1, "forZones", kMessage, kRepeated, &kForZone},
    {2, "forNodes", kMessage, kRepeated, &kForNode},
};
constexpr Message kEndpointHints{"EndpointHints", kEndpointHintsFields};

constexpr Field kEndpointFields[] = {
    {1, "addresses", kString, kRepeated},
    {2, "conditions", kMessage, kPlain, &kEndpointConditions},
    {3, "hostname", kString, kExplicit},
    {4, "targetRef", kMessage, kExplicit, &kObjectReference},
    {5, "deprecatedTopology", kStringMap},
    {6, "nodeName", kString, kExplicit},
    {7, "zone", kString, kExplicit},
    {8, "hints", kMessage, kExplicit, &kEndpointHints},
};
constexpr Message kEndpoint{"Endpoint", kEndpointFields};

constexpr Field kDiscoveryEndpointPortFields[] = {
    {1, "name", kString, kExplicit},
    {2, "protocol", kString, kExplicit},
    {3, "port", kInt, kExplicit},
    {4, "appProtocol", kString, kExplicit},
};
constexpr Message kDiscoveryEndpointPort{"DiscoveryEndpointPort", kDiscoveryEndpointPortFields};

constexpr Field kEndpointSliceFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "endpoints", kMessage, kRepeated, &kEndpoint},
    {3, "ports", kMessage, kRepeated, &kDiscoveryEndpointPort},
    {4, "addressType", kString},
};

constexpr Field kBoundObjectReferenceFields[] = {
    {1, "kind", kString},
    {2, "apiVersion", kString},
    {3, "name", kString},
    {4, "uid", kString},
};
constexpr Message kBoundObjectReference{"BoundObjectReference", kBoundObjectReferenceFields};

constexpr Field kTokenRequestSpecFields[] = {
    {1, "audiences", kString, kRepeated},
    {3, "boundObjectRef", kMessage, kExplicit, &kBoundObjectReference},
    {4, "expirationSeconds", kInt, kExplicit},
};
constexpr Message kTokenRequestSpec{"TokenRequestSpec", kTokenRequestSpecFields};

constexpr Field kTokenRequestStatusFields[] = {
    {1, "token", kString},
    {2, "expirationTimestamp", kTime, kExplicit},
};
constexpr Message kTokenRequestStatus{"TokenRequestStatus", kTokenRequestStatusFields};

constexpr Field kTokenRequestFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kTokenRequestSpec},
    {3, "status", kMessage, kPlain, &kTokenRequestStatus},
};

}  // namespace

constinit const Message kDeployment{"Deployment", kDeploymentFields};
constinit const Message kReplicaSet{"ReplicaSet", kReplicaSetFields};
constinit const Message kEviction{"Eviction", kEvictionFields};
constinit const Message kScale{"Scale", kScaleFields};
constinit const Message kLease{"Lease", kLeaseFields};
constinit const Message kEventsEvent{"EventsEvent", kEventsEventFields};
constinit const Message kEndpointSlice{"EndpointSlice", kEndpointSliceFields};
constinit const Message kTokenRequest{"TokenRequest", kTokenRequestFields};

}  // namespace podrun::api::protobuf
