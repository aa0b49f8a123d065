// Fields of core/v1: the other objects of a namespace.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kNamespaceSpecFields[] = {
    {1, "finalizers", kString, kRepeated},
};
constexpr Message kNamespaceSpec{"NamespaceSpec", kNamespaceSpecFields};

constexpr Field kNamespaceConditionFields[] = {
    {1, "type", kString},   {2, "status", kString},  {4, "lastTransitionTime", kTime},
    {5, "reason", kString}, {6, "message", kString},
};
constexpr Message kNamespaceCondition{"NamespaceCondition", kNamespaceConditionFields};

constexpr Field kNamespaceStatusFields[] = {
    {1, "phase", kString},
    {2, "conditions", kMessage, kRepeated, &kNamespaceCondition},
};
constexpr Message kNamespaceStatus{"NamespaceStatus", kNamespaceStatusFields};

constexpr Field kNamespaceFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kNamespaceSpec},
    {3, "status", kMessage, kPlain, &kNamespaceStatus},
};

constexpr Field kSecretFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "data", kBytesMap},
    {3, "type", kString},
    {4, "stringData", kStringMap},
    {5, "immutable", kBool, kExplicit},
};

constexpr Field kConfigMapFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "data", kStringMap},
    {3, "binaryData", kBytesMap},
    {4, "immutable", kBool, kExplicit},
};

constexpr Field kObjectReferenceFields[] = {
    {1, "kind", kString},      {2, "namespace", kString},  {3, "name", kString},
    {4, "uid", kString},       {5, "apiVersion", kString}, {6, "resourceVersion", kString},
    {7, "fieldPath", kString},
};

constexpr Field kLocalObjectReferenceFields[] = {
    {1, "name", kString},
};

constexpr Field kServiceAccountFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "secrets", kMessage, kRepeated, &kObjectReference},
    {3, "imagePullSecrets", kMessage, kRepeated, &kLocalObjectReference},
    {4, "automountServiceAccountToken", kBool, kExplicit},
};

constexpr Field kServicePortFields[] = {
    {1, "name", kString},         {2, "protocol", kString},
    {3, "port", kInt, kExplicit}, {4, "targetPort", kIntOrString},
    {5, "nodePort", kInt},        {6, "appProtocol", kString, kExplicit},
};
constexpr Message kServicePort{"ServicePort", kServicePortFields};

constexpr Field kClientIPConfigFields[] = {
    {1, "timeoutSeconds", kInt, kExplicit},
};
constexpr Message kClientIPConfig{"ClientIPConfig", kClientIPConfigFields};

constexpr Field kSessionAffinityConfigFields[] = {
    {1, "clientIP", kMessage, kExplicit, &kClientIPConfig},
};
constexpr Message kSessionAffinityConfig{"SessionAffinityConfig", kSessionAffinityConfigFields};

constexpr Field kServiceSpecFields[] = {
    {1, "ports", kMessage, kRepeated, &kServicePort},
    {2, "selector", kStringMap},
    {3, "clusterIP", kString},
    {4, "type", kString},
    {5, "externalIPs", kString, kRepeated},
    {7, "sessionAffinity", kString},
    {8, "loadBalancerIP", kString},
    {9, "loadBalancerSourceRanges", kString, kRepeated},
    {10, "externalName", kString},
    {11, "externalTrafficPolicy", kString},
    {12, "healthCheckNodePort", kInt},
    {13, "publishNotReadyAddresses", kBool},
    {14, "sessionAffinityConfig", kMessage, kExplicit, &kSessionAffinityConfig},
    {17, "ipFamilyPolicy", kString, kExplicit},
    {18, "clusterIPs", kString, kRepeated},
    {19, "ipFamilies", kString, kRepeated},
    {20, "allocateLoadBalancerNodePorts", kBool, kExplicit},
    {21, "loadBalancerClass", kString, kExplicit},
    {22, "internalTrafficPolicy", kString, kExplicit},
    {23, "trafficDistribution", kString, kExplicit},
};
constexpr Message kServiceSpec{"ServiceSpec", kServiceSpecFields};

constexpr Field kPortStatusFields[] = {
    {1, "port", kInt, kExplicit},
    {2, "protocol", kString},
    {3, "error", kString, kExplicit},
};
constexpr Message kPortStatus{"PortStatus", kPortStatusFields};

constexpr Field kLoadBalancerIngressFields[] = {
    {1, "ip", kString},
    {2, "hostname", kString},
    {3, "ipMode", kString, kExplicit},
    {4, "ports", kMessage, kRepeated, &kPortStatus},
};
constexpr Message kLoadBalancerIngress{"LoadBalancerIngress", kLoadBalancerIngressFields};

constexpr Field kLoadBalancerStatusFields[] = {
    {1, "ingress", kMessage, kRepeated, &kLoadBalancerIngress},
};
constexpr Message kLoadBalancerStatus{"LoadBalancerStatus", kLoadBalancerStatusFields};

constexpr Field kServiceStatusFields[] = {
    {1, "loadBalancer", kMessage, kPlain, &kLoadBalancerStatus},
    {2, "conditions", kMessage, kRepeated, &kCondition},
};
constexpr Message kServiceStatus{"ServiceStatus", kServiceStatusFields};

constexpr Field kServiceFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kServiceSpec},
    {3, "status", kMessage, kPlain, &kServiceStatus},
};

constexpr Field kPodTemplateFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "template", kMessage, kPlain, &kPodTemplateSpec},
};

constexpr Field kReplicationControllerSpecFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "selector", kStringMap},
    {3, "template", kMessage, kExplicit, &kPodTemplateSpec},
    {4, "minReadySeconds", kInt},
};
constexpr Message kReplicationControllerSpec{"ReplicationControllerSpec",
                                             kReplicationControllerSpecFields};

constexpr Field kReplicationControllerConditionFields[] = {
    {1, "type", kString},   {2, "status", kString},  {3, "lastTransitionTime", kTime},
    {4, "reason", kString}, {5, "message", kString},
};
constexpr Message kReplicationControllerCondition{"ReplicationControllerCondition",
                                                  kReplicationControllerConditionFields};

constexpr Field kReplicationControllerStatusFields[] = {
    {1, "replicas", kInt, kExplicit},
    {2, "fullyLabeledReplicas", kInt},
    {3, "observedGeneration", kInt},
    {4, "readyReplicas", kInt},
    {5, "availableReplicas", kInt},
    {6, "conditions", kMessage, kRepeated, &kReplicationControllerCondition},
};
constexpr Message kReplicationControllerStatus{"ReplicationControllerStatus",
                                               kReplicationControllerStatusFields};

constexpr Field kReplicationControllerFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kReplicationControllerSpec},
    {3, "status", kMessage, kPlain, &kReplicationControllerStatus},
};

constexpr Field kEventSourceFields[] = {
    {1, "component", kString},
    {2, "host", kString},
};

constexpr Field kEventSeriesFields[] = {
    {1, "count", kInt},
    {2, "lastObservedTime", kMicroTime},
};
constexpr Message kEventSeries{"EventSeries", kEventSeriesFields};

constexpr Field kEventFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "involvedObject", kMessage, kPlain, &kObjectReference},
    {3, "reason", kString},
    {4, "message", kString},
    {5, "source", kMessage, kPlain, &kEventSource},
    {6, "firstTimestamp", kTime},
    {7, "lastTimestamp", kTime},
    {8, "count", kInt},
    {9, "type", kString},
    {10, "eventTime", kMicroTime},
    {11, "series", kMessage, kExplicit, &kEventSeries},
    {12, "action", kString},
    {13, "related", kMessage, kExplicit, &kObjectReference},
    {14, "reportingComponent", kString},
    {15, "reportingInstance", kString},
};

constexpr Field kBindingFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "target", kMessage, kPlain, &kObjectReference},
};

constexpr Field kEndpointAddressFields[] = {
    {1, "ip", kString},
    {2, "targetRef", kMessage, kExplicit, &kObjectReference},
    {3, "hostname", kString},
    {4, "nodeName", kString, kExplicit},
};
constexpr Message kEndpointAddress{"EndpointAddress", kEndpointAddressFields};

constexpr Field kEndpointPortFields[] = {
    {1, "name", kString},
    {2, "port", kInt, kExplicit},
    {3, "protocol", kString},
    {4, "appProtocol", kString, kExplicit},
};
constexpr Message kEndpointPort{"EndpointPort", kEndpointPortFields};

constexpr Field kEndpointSubsetFields[] = {
    {1, "addresses", kMessage, kRepeated, &kEndpointAddress},
    {2, "notReadyAddresses", kMessage, kRepeated, &kEndpointAddress},
    {3, "ports", kMessage, kRepeated, &kEndpointPort},
};
constexpr Message kEndpointSubset{"EndpointSubset", kEndpointSubsetFields};

constexpr Field kEndpointsFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "subsets", kMessage, kRepeated, &kEndpointSubset},
};

}  // namespace

constinit const Message kNamespace{"Namespace", kNamespaceFields};
constinit const Message kSecret{"Secret", kSecretFields};
constinit const Message kConfigMap{"ConfigMap", kConfigMapFields};
constinit const Message kObjectReference{"ObjectReference", kObjectReferenceFields};
constinit const Message kLocalObjectReference{"LocalObjectReference", kLocalObjectReferenceFields};
constinit const Message kServiceAccount{"ServiceAccount", kServiceAccountFields};
constinit const Message kService{"Service", kServiceFields};
constinit const Message kPodTemplate{"PodTemplate", kPodTemplateFields};
constinit const Message kReplicationController{"ReplicationController",
                                               kReplicationControllerFields};
constinit const Message kEventSource{"EventSource", kEventSourceFields};
constinit const Message kEvent{"Event", kEventFields};
constinit const Message kBinding{"Binding", kBindingFields};
constinit const Message kEndpoints{"Endpoints", kEndpointsFields};

}  // namespace podrun::api::protobuf
