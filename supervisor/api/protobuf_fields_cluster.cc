// Fields of core/v1: nodes.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kTaintFields[] = {
    {1, "key", kString},
    {2, "value", kString},
    {3, "effect", kString},
    {4, "timeAdded", kTime, kExplicit},
};
constexpr Message kTaint{"Taint", kTaintFields};

constexpr Field kConfigMapNodeConfigSourceFields[] = {
    {1, "namespace", kString},
    {2, "name", kString},
    {3, "uid", kString},
    {4, "resourceVersion", kString},
    {5, "kubeletConfigKey", kString},
};
constexpr Message kConfigMapNodeConfigSource{"ConfigMapNodeConfigSource",
                                             kConfigMapNodeConfigSourceFields};

constexpr Field kNodeConfigSourceFields[] = {
    {2, "configMap", kMessage, kExplicit, &kConfigMapNodeConfigSource},
};
constexpr Message kNodeConfigSource{"NodeConfigSource", kNodeConfigSourceFields};

constexpr Field kNodeSpecFields[] = {
    {1, "podCIDR", kString},
    {2, "externalID", kString},
    {3, "providerID", kString},
    {4, "unschedulable", kBool},
    {5, "taints", kMessage, kRepeated, &kTaint},
    {6, "configSource", kMessage, kExplicit, &kNodeConfigSource},
    {7, "podCIDRs", kString, kRepeated},
};
constexpr Message kNodeSpec{"NodeSpec", kNodeSpecFields};

constexpr Field kNodeConditionFields[] = {
    {1, "type", kString},
    {2, "status", kString},
    {3, "lastHeartbeatTime", kTime},
    {4, "lastTransitionTime", kTime},
    {5, "reason", kString},
    {6, "message", kString},
};
constexpr Message kNodeCondition{"NodeCondition", kNodeConditionFields};

constexpr Field kNodeAddressFields[] = {
    {1, "type", kString},
    {2, "address", kString},
};
constexpr Message kNodeAddress{"NodeAddress", kNodeAddressFields};

constexpr Field kDaemonEndpointFields[] = {
    {1, "Port", kInt, kExplicit},
};
constexpr Message kDaemonEndpoint{"DaemonEndpoint", kDaemonEndpointFields};

constexpr Field kNodeDaemonEndpointsFields[] = {
    {1, "kubeletEndpoint", kMessage, kPlain, &kDaemonEndpoint},
};
constexpr Message kNodeDaemonEndpoints{"NodeDaemonEndpoints", kNodeDaemonEndpointsFields};

constexpr Field kNodeSwapStatusFields[] = {
    {1, "capacity", kInt, kExplicit},
};
constexpr Message kNodeSwapStatus{"NodeSwapStatus", kNodeSwapStatusFields};

constexpr Field kNodeSystemInfoFields[] = {
    {1, "machineID", kString},
    {2, "systemUUID", kString},
    {3, "bootID", kString},
    {4, "kernelVersion", kString},
    {5, "osImage", kString},
    {6, "containerRuntimeVersion", kString},
    {7, "kubeletVersion", kString},
    {8, "kubeProxyVersion", kString},
    {9, "operatingSystem", kString},
    {10, "architecture", kString},
    {11, "swap", kMessage, kExplicit, &kNodeSwapStatus},
};
constexpr Message kNodeSystemInfo{"NodeSystemInfo", kNodeSystemInfoFields};

constexpr Field kContainerImageFields[] = {
    {1, "names", kString, kRepeated},
    {2, "sizeBytes", kInt},
};
constexpr Message kContainerImage{"ContainerImage", kContainerImageFields};

constexpr Field kAttachedVolumeFields[] = {
    {1, "name", kString},
    {2, "devicePath", kString},
};
constexpr Message kAttachedVolume{"AttachedVolume", kAttachedVolumeFields};

constexpr Field kNodeConfigStatusFields[] = {
    {1, "assigned", kMessage, kExplicit, &kNodeConfigSource},
    {2, "active", kMessage, kExplicit, &kNodeConfigSource},
    {3, "lastKnownGood", kMessage, kExplicit, &kNodeConfigSource},
    {4, "error", kString},
};
constexpr Message kNodeConfigStatus{"NodeConfigStatus", kNodeConfigStatusFields};

constexpr Field kNodeRuntimeHandlerFeaturesFields[] = {
    {1, "recursiveReadOnlyMounts", kBool, kExplicit},
    {2, "userNamespaces", kBool, kExplicit},
};
constexpr Message kNodeRuntimeHandlerFeatures{"NodeRuntimeHandlerFeatures",
                                              kNodeRuntimeHandlerFeaturesFields};

constexpr Field kNodeRuntimeHandlerFields[] = {
    {1, "name", kString},
    {2, "features", kMessage, kExplicit, &kNodeRuntimeHandlerFeatures},
};
constexpr Message kNodeRuntimeHandler{"NodeRuntimeHandler", kNodeRuntimeHandlerFields};

constexpr Field kNodeFeaturesFields[] = {
    {1, "supplementalGroupsPolicy", kBool, kExplicit},
};
constexpr Message kNodeFeatures{"NodeFeatures", kNodeFeaturesFields};

constexpr Field kNodeStatusFields[] = {
    {1, "capacity", kQuantityMap},
    {2, "allocatable", kQuantityMap},
    {3, "phase", kString},
    {4, "conditions", kMessage, kRepeated, &kNodeCondition},
    {5, "addresses", kMessage, kRepeated, &kNodeAddress},
    {6, "daemonEndpoints", kMessage, kPlain, &kNodeDaemonEndpoints},
    {7, "nodeInfo", kMessage, kPlain, &kNodeSystemInfo},
    {8, "images", kMessage, kRepeated, &kContainerImage},
    {9, "volumesInUse", kString, kRepeated},
    {10, "volumesAttached", kMessage, kRepeated, &kAttachedVolume},
    {11, "config", kMessage, kExplicit, &kNodeConfigStatus},
    {12, "runtimeHandlers", kMessage, kRepeated, &kNodeRuntimeHandler},
    {13, "features", kMessage, kExplicit, &kNodeFeatures},
    {14, "declaredFeatures", kString, kRepeated},
};
constexpr Message kNodeStatus{"NodeStatus", kNodeStatusFields};

constexpr Field kNodeFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kNodeSpec},
    {3, "status", kMessage, kPlain, &kNodeStatus},
};

}  // namespace

constinit const Message kNode{"Node", kNodeFields};

}  // namespace podrun::api::protobuf
