// Fields of core/v1: how a pod is, and pods themselves.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kPodConditionFields[] = {
    {1, "type", kString},
    {2, "status", kString},
    {3, "lastProbeTime", kTime},
    {4, "lastTransitionTime", kTime},
    {5, "reason", kString},
    {6, "message", kString},
    {7, "observedGeneration", kInt},
};
constexpr Message kPodCondition{"PodCondition", kPodConditionFields};

constexpr Field kHostIPFields[] = {
    {1, "ip", kString},
};
constexpr Message kHostIP{"HostIP", kHostIPFields};

constexpr Field kPodIPFields[] = {
    {1, "ip", kString},
};
constexpr Message kPodIP{"PodIP", kPodIPFields};

constexpr Field kContainerStateWaitingFields[] = {
    {1, "reason", kString},
    {2, "message", kString},
};
constexpr Message kContainerStateWaiting{"ContainerStateWaiting", kContainerStateWaitingFields};

constexpr Field kContainerStateRunningFields[] = {
    {1, "startedAt", kTime},
};
constexpr Message kContainerStateRunning{"ContainerStateRunning", kContainerStateRunningFields};

constexpr Field kContainerStateTerminatedFields[] = {
    {1, "exitCode", kInt, kExplicit}, {2, "signal", kInt},     {3, "reason", kString},
    {4, "message", kString},          {5, "startedAt", kTime}, {6, "finishedAt", kTime},
    {7, "containerID", kString},
};
constexpr Message kContainerStateTerminated{"ContainerStateTerminated",
                                            kContainerStateTerminatedFields};

constexpr Field kContainerStateFields[] = {
    {1, "waiting", kMessage, kExplicit, &kContainerStateWaiting},
    {2, "running", kMessage, kExplicit, &kContainerStateRunning},
    {3, "terminated", kMessage, kExplicit, &kContainerStateTerminated},
};
constexpr Message kContainerState{"ContainerState", kContainerStateFields};

constexpr Field kVolumeMountStatusFields[] = {
    {1, "name", kString},
    {2, "mountPath", kString},
    {3, "readOnly", kBool},
    {4, "recursiveReadOnly", kString, kExplicit},
};
constexpr Message kVolumeMountStatus{"VolumeMountStatus", kVolumeMountStatusFields};

constexpr Field kLinuxContainerUserFields[] = {
    {1, "uid", kInt, kExplicit},
    {2, "gid", kInt, kExplicit},
    {3, "supplementalGroups", kInt, kRepeated},
};
constexpr Message kLinuxContainerUser{"LinuxContainerUser", kLinuxContainerUserFields};

constexpr Field kContainerUserFields[] = {
    {1, "linux", kMessage, kExplicit, &kLinuxContainerUser},
};
constexpr Message kContainerUser{"ContainerUser", kContainerUserFields};

constexpr Field kResourceHealthFields[] = {
    {1, "resourceID", kString},
    {2, "health", kString},
};
constexpr Message kResourceHealth{"ResourceHealth", kResourceHealthFields};

constexpr Field kResourceStatusFields[] = {
    {1, "name", kString},
    {2, "resources", kMessage, kRepeated, &kResourceHealth},
};
constexpr Message kResourceStatus{"ResourceStatus", kResourceStatusFields};

constexpr Field kContainerStatusFields[] = {
    {1, "name", kString},
    {2, "state", kMessage, kPlain, &kContainerState},
    {3, "lastState", kMessage, kPlain, &kContainerState},
    {4, "ready", kBool, kExplicit},
    {5, "restartCount", kInt, kExplicit},
    {6, "image", kString},
    {7, "imageID", kString},
    {8, "containerID", kString},
    {9, "started", kBool, kExplicit},
    {10, "allocatedResources", kQuantityMap},
    {11, "resources", kMessage, kExplicit, &kResourceRequirements},
    {12, "volumeMounts", kMessage, kRepeated, &kVolumeMountStatus},
    {13, "user", kMessage, kExplicit, &kContainerUser},
    {14, "allocatedResourcesStatus", kMessage, kRepeated, &kResourceStatus},
    {15, "stopSignal", kString, kExplicit},
};
constexpr Message kContainerStatus{"ContainerStatus", kContainerStatusFields};

constexpr Field kPodResourceClaimStatusFields[] = {
    {1, "name", kString},
    {2, "resourceClaimName", kString, kExplicit},
};
constexpr Message kPodResourceClaimStatus{"PodResourceClaimStatus", kPodResourceClaimStatusFields};

constexpr Field kContainerExtendedResourceRequestFields[] = {
    {1, "containerName", kString},
    {2, "resourceName", kString},
    {3, "requestName", kString},
};
constexpr Message kContainerExtendedResourceRequest{"ContainerExtendedResourceRequest",
                                                    kContainerExtendedResourceRequestFields};

constexpr Field kPodExtendedResourceClaimStatusFields[] = {
    {1, "requestMappings", kMessage, kRepeated, &kContainerExtendedResourceRequest},
    {2, "resourceClaimName", kString},
};
constexpr Message kPodExtendedResourceClaimStatus{"PodExtendedResourceClaimStatus",
                                                  kPodExtendedResourceClaimStatusFields};

constexpr Field kPodStatusFields[] = {
    {1, "phase", kString},
    {2, "conditions", kMessage, kRepeated, &kPodCondition},
    {3, "message", kString},
    {4, "reason", kString},
    {5, "hostIP", kString},
    {6, "podIP", kString},
    {7, "startTime", kTime, kExplicit},
    {8, "containerStatuses", kMessage, kRepeated, &kContainerStatus},
    {9, "qosClass", kString},
    {10, "initContainerStatuses", kMessage, kRepeated, &kContainerStatus},
    {11, "nominatedNodeName", kString},
    {12, "podIPs", kMessage, kRepeated, &kPodIP},
    {13, "ephemeralContainerStatuses", kMessage, kRepeated, &kContainerStatus},
    {14, "resize", kString},
    {15, "resourceClaimStatuses", kMessage, kRepeated, &kPodResourceClaimStatus},
    {16, "hostIPs", kMessage, kRepeated, &kHostIP},
    {17, "observedGeneration", kInt},
    {18, "extendedResourceClaimStatus", kMessage, kExplicit, &kPodExtendedResourceClaimStatus},
    {19, "allocatedResources", kQuantityMap},
    {20, "resources", kMessage, kExplicit, &kResourceRequirements},
};
constexpr Message kPodStatus{"PodStatus", kPodStatusFields};

constexpr Field kPodFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kPodSpec},
    {3, "status", kMessage, kPlain, &kPodStatus},
};

constexpr Field kPodTemplateSpecFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kPodSpec},
};

}  // namespace

constinit const Message kPod{"Pod", kPodFields};
constinit const Message kPodTemplateSpec{"PodTemplateSpec", kPodTemplateSpecFields};

}  // namespace podrun::api::protobuf
