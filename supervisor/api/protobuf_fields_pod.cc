// Fields of core/v1: what a pod is to be.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kSysctlFields[] = {
    {1, "name", kString},
    {2, "value", kString},
};
constexpr Message kSysctl{"Sysctl", kSysctlFields};

constexpr Field kPodSecurityContextFields[] = {
    {1, "seLinuxOptions", kMessage, kExplicit, &kSELinuxOptions},
    {2, "runAsUser", kInt, kExplicit},
    {3, "runAsNonRoot", kBool, kExplicit},
    {4, "supplementalGroups", kInt, kRepeated},
    {5, "fsGroup", kInt, kExplicit},
    {6, "runAsGroup", kInt, kExplicit},
    {7, "sysctls", kMessage, kRepeated, &kSysctl},
    {8, "windowsOptions", kMessage, kExplicit, &kWindowsSecurityContextOptions},
    {9, "fsGroupChangePolicy", kString, kExplicit},
    {10, "seccompProfile", kMessage, kExplicit, &kSeccompProfile},
    {11, "appArmorProfile", kMessage, kExplicit, &kAppArmorProfile},
    {12, "supplementalGroupsPolicy", kString, kExplicit},
    {13, "seLinuxChangePolicy", kString, kExplicit},
};
constexpr Message kPodSecurityContext{"PodSecurityContext", kPodSecurityContextFields};

constexpr Field kNodeSelectorRequirementFields[] = {
    {1, "key", kString},
    {2, "operator", kString},
    {3, "values", kString, kRepeated},
};
constexpr Message kNodeSelectorRequirement{"NodeSelectorRequirement",
                                           kNodeSelectorRequirementFields};

constexpr Field kNodeSelectorTermFields[] = {
    {1, "matchExpressions", kMessage, kRepeated, &kNodeSelectorRequirement},
    {2, "matchFields", kMessage, kRepeated, &kNodeSelectorRequirement},
};
constexpr Message kNodeSelectorTerm{"NodeSelectorTerm", kNodeSelectorTermFields};

constexpr Field kNodeSelectorFields[] = {
    {1, "nodeSelectorTerms", kMessage, kRepeated, &kNodeSelectorTerm},
};
constexpr Message kNodeSelector{"NodeSelector", kNodeSelectorFields};

constexpr Field kPreferredSchedulingTermFields[] = {
    {1, "weight", kInt, kExplicit},
    {2, "preference", kMessage, kPlain, &kNodeSelectorTerm},
};
constexpr Message kPreferredSchedulingTerm{"PreferredSchedulingTerm",
                                           kPreferredSchedulingTermFields};

constexpr Field kNodeAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kExplicit, &kNodeSelector},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kRepeated,
     &kPreferredSchedulingTerm},
};
constexpr Message kNodeAffinity{"NodeAffinity", kNodeAffinityFields};

constexpr Field kPodAffinityTermFields[] = {
    {1, "labelSelector", kMessage, kExplicit, &kLabelSelector},
    {2, "namespaces", kString, kRepeated},
    {3, "topologyKey", kString},
    {4, "namespaceSelector", kMessage, kExplicit, &kLabelSelector},
    {5, "matchLabelKeys", kString, kRepeated},
    {6, "mismatchLabelKeys", kString, kRepeated},
};
constexpr Message kPodAffinityTerm{"PodAffinityTerm", kPodAffinityTermFields};

constexpr Field kWeightedPodAffinityTermFields[] = {
    {1, "weight", kInt, kExplicit},
    {2, "podAffinityTerm", kMessage, kPlain, &kPodAffinityTerm},
};
constexpr Message kWeightedPodAffinityTerm{"WeightedPodAffinityTerm",
                                           kWeightedPodAffinityTermFields};

constexpr Field kPodAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kRepeated, &kPodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kRepeated,
     &kWeightedPodAffinityTerm},
};
constexpr Message kPodAffinity{"PodAffinity", kPodAffinityFields};

constexpr Field kPodAntiAffinityFields[] = {
    {1, "requiredDuringSchedulingIgnoredDuringExecution", kMessage, kRepeated, &kPodAffinityTerm},
    {2, "preferredDuringSchedulingIgnoredDuringExecution", kMessage, kRepeated,
     &kWeightedPodAffinityTerm},
};
constexpr Message kPodAntiAffinity{"PodAntiAffinity", kPodAntiAffinityFields};

constexpr Field kAffinityFields[] = {
    {1, "nodeAffinity", kMessage, kExplicit, &kNodeAffinity},
    {2, "podAffinity", kMessage, kExplicit, &kPodAffinity},
    {3, "podAntiAffinity", kMessage, kExplicit, &kPodAntiAffinity},
};
constexpr Message kAffinity{"Affinity", kAffinityFields};

constexpr Field kTolerationFields[] = {
    {1, "key", kString},
    {2, "operator", kString},
    {3, "value", kString},
    {4, "effect", kString},
    {5, "tolerationSeconds", kInt, kExplicit},
};
constexpr Message kToleration{"Toleration", kTolerationFields};

constexpr Field kHostAliasFields[] = {
    {1, "ip", kString},
    {2, "hostnames", kString, kRepeated},
};
constexpr Message kHostAlias{"HostAlias", kHostAliasFields};

constexpr Field kPodDNSConfigOptionFields[] = {
    {1, "name", kString},
    {2, "value", kString, kExplicit},
};
constexpr Message kPodDNSConfigOption{"PodDNSConfigOption", kPodDNSConfigOptionFields};

constexpr Field kPodDNSConfigFields[] = {
    {1, "nameservers", kString, kRepeated},
    {2, "searches", kString, kRepeated},
    {3, "options", kMessage, kRepeated, &kPodDNSConfigOption},
};
constexpr Message kPodDNSConfig{"PodDNSConfig", kPodDNSConfigFields};

constexpr Field kPodReadinessGateFields[] = {
    {1, "conditionType", kString},
};
constexpr Message kPodReadinessGate{"PodReadinessGate", kPodReadinessGateFields};

constexpr Field kTopologySpreadConstraintFields[] = {
    {1, "maxSkew", kInt, kExplicit},
    {2, "topologyKey", kString},
    {3, "whenUnsatisfiable", kString},
    {4, "labelSelector", kMessage, kExplicit, &kLabelSelector},
    {5, "minDomains", kInt, kExplicit},
    {6, "nodeAffinityPolicy", kString, kExplicit},
    {7, "nodeTaintsPolicy", kString, kExplicit},
    {8, "matchLabelKeys", kString, kRepeated},
};
constexpr Message kTopologySpreadConstraint{"TopologySpreadConstraint",
                                            kTopologySpreadConstraintFields};

constexpr Field kPodOSFields[] = {
    {1, "name", kString},
};
constexpr Message kPodOS{"PodOS", kPodOSFields};

constexpr Field kPodSchedulingGateFields[] = {
    {1, "name", kString},
};
constexpr Message kPodSchedulingGate{"PodSchedulingGate", kPodSchedulingGateFields};

constexpr Field kPodResourceClaimFields[] = {
    {1, "name", kString},
    {3, "resourceClaimName", kString, kExplicit},
    {4, "resourceClaimTemplateName", kString, kExplicit},
};
constexpr Message kPodResourceClaim{"PodResourceClaim", kPodResourceClaimFields};

constexpr Field kWorkloadReferenceFields[] = {
    {1, "name", kString},
    {2, "podGroup", kString},
    {3, "podGroupReplicaKey", kString},
};
constexpr Message kWorkloadReference{"WorkloadReference", kWorkloadReferenceFields};

constexpr Field kPodSpecFields[] = {
    {1, "volumes", kMessage, kRepeated, &kVolume},
    {2, "containers", kMessage, kRepeated, &kContainer},
    {3, "restartPolicy", kString},
    {4, "terminationGracePeriodSeconds", kInt, kExplicit},
    {5, "activeDeadlineSeconds", kInt, kExplicit},
    {6, "dnsPolicy", kString},
    {7, "nodeSelector", kStringMap},
    {8, "serviceAccountName", kString},
    {9, "serviceAccount", kString},
    {10, "nodeName", kString},
    {11, "hostNetwork", kBool},
    {12, "hostPID", kBool},
    {13, "hostIPC", kBool},
    {14, "securityContext", kMessage, kExplicit, &kPodSecurityContext},
    {15, "imagePullSecrets", kMessage, kRepeated, &kLocalObjectReference},
    {16, "hostname", kString},
    {17, "subdomain", kString},
    {18, "affinity", kMessage, kExplicit, &kAffinity},
    {19, "schedulerName", kString},
    {20, "initContainers", kMessage, kRepeated, &kContainer},
    {21, "automountServiceAccountToken", kBool, kExplicit},
    {22, "tolerations", kMessage, kRepeated, &kToleration},
    {23, "hostAliases", kMessage, kRepeated, &kHostAlias},
    {24, "priorityClassName", kString},
    {25, "priority", kInt, kExplicit},
    {26, "dnsConfig", kMessage, kExplicit, &kPodDNSConfig},
    {27, "shareProcessNamespace", kBool, kExplicit},
    {28, "readinessGates", kMessage, kRepeated, &kPodReadinessGate},
    {29, "runtimeClassName", kString, kExplicit},
    {30, "enableServiceLinks", kBool, kExplicit},
    {31, "preemptionPolicy", kString, kExplicit},
    {32, "overhead", kQuantityMap},
    {33, "topologySpreadConstraints", kMessage, kRepeated, &kTopologySpreadConstraint},
    {34, "ephemeralContainers", kMessage, kRepeated, &kEphemeralContainer},
    {35, "setHostnameAsFQDN", kBool, kExplicit},
    {36, "os", kMessage, kExplicit, &kPodOS},
    {37, "hostUsers", kBool, kExplicit},
    {38, "schedulingGates", kMessage, kRepeated, &kPodSchedulingGate},
    {39, "resourceClaims", kMessage, kRepeated, &kPodResourceClaim},
    {40, "resources", kMessage, kExplicit, &kResourceRequirements},
    {41, "hostnameOverride", kString, kExplicit},
    {42, "workloadRef", kMessage, kExplicit, &kWorkloadReference},
};

}  // namespace

constinit const Message kPodSpec{"PodSpec", kPodSpecFields};

}  // namespace podrun::api::protobuf
