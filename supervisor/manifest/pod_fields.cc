// All fields of core/v1 Pod (Kubernetes 1.34), each with what podrun makes of it. Sorted by name.
#include "supervisor/manifest/field_rows.h"

namespace podrun::manifest {

namespace {

using namespace rows;

// ---- metadata

constexpr Field kOwnerReferenceFields[] = {string("apiVersion"),  boolean("blockOwnerDeletion"),
                                           boolean("controller"), string("kind"),
                                           string("name"),        string("uid")};
constexpr ObjectType kOwnerReference{kOwnerReferenceFields, "OwnerReference"};

constexpr Field kObjectMetaFields[] = {
    {"annotations", kStringMap},
    server(string("creationTimestamp")),
    server(any("deletionGracePeriodSeconds")),
    server(any("deletionTimestamp")),
    list(string("finalizers")),
    string("generateName"),
    server(any("generation")),
    {"labels", kStringMap},
    server(any("managedFields")),
    string("name"),
    string("namespace"),
    list(object("ownerReferences", kOwnerReference)),
    server(string("resourceVersion")),
    server(any("selfLink")),
    server(string("uid")),
};

// ---- probes and hooks

constexpr Field kExecFields[] = {list(string("command"))};
constexpr ObjectType kExec{kExecFields, "ExecAction"};
constexpr Field kHeaderFields[] = {string("name"), always(string("value"))};
constexpr ObjectType kHeader{kHeaderFields, "HTTPHeader"};
constexpr Field kHttpGetFields[] = {string("host"),
                                    list(object("httpHeaders", kHeader)),
                                    string("path"),
                                    {"port", kIntOrString},
                                    string("scheme")};
constexpr ObjectType kHttpGet{kHttpGetFields, "HTTPGetAction"};
constexpr Field kTcpSocketFields[] = {string("host"), {"port", kIntOrString}};
constexpr ObjectType kTcpSocket{kTcpSocketFields, "TCPSocketAction"};
constexpr Field kGrpcFields[] = {int32("port"), always(string("service"))};
constexpr ObjectType kGrpc{kGrpcFields, "GRPCAction"};
constexpr Field kSleepFields[] = {int64("seconds")};
constexpr ObjectType kSleep{kSleepFields, "SleepAction"};

constexpr Field kProbeFields[] = {
    object("exec", kExec),
    plain(int32("failureThreshold")),
    object("grpc", kGrpc),
    object("httpGet", kHttpGet),
    plain(int32("initialDelaySeconds")),
    plain(int32("periodSeconds")),
    plain(int32("successThreshold")),
    object("tcpSocket", kTcpSocket),
    int64("terminationGracePeriodSeconds"),
    plain(int32("timeoutSeconds")),
};
constexpr ObjectType kProbe{kProbeFields, "Probe"};

constexpr Field kHandlerFields[] = {object("exec", kExec), object("httpGet", kHttpGet),
                                    object("sleep", kSleep), object("tcpSocket", kTcpSocket)};
constexpr ObjectType kHandler{kHandlerFields, "LifecycleHandler"};
constexpr Field kLifecycleFields[] = {object("postStart", kHandler), object("preStop", kHandler),
                                      string("stopSignal")};
constexpr ObjectType kLifecycle{kLifecycleFields, "Lifecycle"};

// ---- containers

constexpr Field kKeySelectorFields[] = {string("key"), string("name"), boolean("optional")};
constexpr ObjectType kKeySelector{kKeySelectorFields, "KeySelector"};
constexpr Field kFieldSelectorFields[] = {string("apiVersion"), string("fieldPath")};
constexpr ObjectType kFieldSelector{kFieldSelectorFields, "ObjectFieldSelector"};
constexpr Field kResourceSelectorFields[] = {
    string("containerName"), {"divisor", kQuantity}, string("resource")};
constexpr ObjectType kResourceSelector{kResourceSelectorFields, "ResourceFieldSelector"};
constexpr Field kEnvSourceFields[] = {
    object("configMapKeyRef", kKeySelector), object("fieldRef", kFieldSelector),
    unsupported(any("fileKeyRef")),          object("resourceFieldRef", kResourceSelector),
    object("secretKeyRef", kKeySelector),
};
constexpr ObjectType kEnvSource{kEnvSourceFields, "EnvVarSource"};
constexpr Field kEnvFields[] = {string("name"), string("value"), object("valueFrom", kEnvSource)};
constexpr ObjectType kEnv{kEnvFields, "EnvVar"};
constexpr Field kReferenceFields[] = {string("name"), boolean("optional")};
constexpr ObjectType kReference{kReferenceFields, "LocalObjectReference"};
constexpr Field kEnvFromFields[] = {object("configMapRef", kReference), string("prefix"),
                                    object("secretRef", kReference)};
constexpr ObjectType kEnvFrom{kEnvFromFields, "EnvFromSource"};

constexpr Field kPortFields[] = {int32("containerPort"), string("hostIP"), plain(int32("hostPort")),
                                 string("name"), string("protocol")};
constexpr ObjectType kPort{kPortFields, "ContainerPort"};
constexpr Field kResourcesFields[] = {
    unsupported(any("claims"), "there is no dynamic resource allocation"),
    {"limits", kQuantityMap},
    {"requests", kQuantityMap},
};
constexpr ObjectType kResources{kResourcesFields, "ResourceRequirements"};
constexpr Field kResizePolicyFields[] = {always(string("resourceName")),
                                         always(string("restartPolicy"))};
constexpr ObjectType kResizePolicy{kResizePolicyFields, "ContainerResizePolicy"};
constexpr Field kMountFields[] = {
    string("mountPath"),        string("mountPropagation"),  string("name"),
    plain(boolean("readOnly")), string("recursiveReadOnly"), string("subPath"),
    string("subPathExpr")};
constexpr ObjectType kMount{kMountFields, "VolumeMount"};

constexpr Field kCapabilitiesFields[] = {list(string("add")), list(string("drop"))};
constexpr ObjectType kCapabilities{kCapabilitiesFields, "Capabilities"};
constexpr Field kSeccompFields[] = {string("localhostProfile"), string("type")};
constexpr ObjectType kSeccomp{kSeccompFields, "SeccompProfile"};
constexpr Field kSecurityContextFields[] = {
    boolean("allowPrivilegeEscalation"),
    unsupported(any("appArmorProfile")),
    object("capabilities", kCapabilities),
    boolean("privileged"),
    string("procMount"),
    boolean("readOnlyRootFilesystem"),
    int64("runAsGroup"),
    boolean("runAsNonRoot"),
    int64("runAsUser"),
    unsupported(any("seLinuxOptions")),
    object("seccompProfile", kSeccomp),
    unsupported(any("windowsOptions"), "this is Linux"),
};
constexpr ObjectType kSecurityContext{kSecurityContextFields, "SecurityContext"};

constexpr Field kContainerFields[] = {
    list(string("args")),
    list(string("command")),
    list(object("env", kEnv)),
    list(object("envFrom", kEnvFrom)),
    string("image"),
    string("imagePullPolicy"),
    object("lifecycle", kLifecycle),
    object("livenessProbe", kProbe),
    string("name"),
    list(object("ports", kPort)),
    object("readinessProbe", kProbe),
    ignored(list(object("resizePolicy", kResizePolicy)), "nobody resizes the pods of `podrun run`"),
    object("resources", kResources),
    string("restartPolicy"),
    unsupported(any("restartPolicyRules")),
    object("securityContext", kSecurityContext),
    object("startupProbe", kProbe),
    plain(boolean("stdin")),
    plain(boolean("stdinOnce")),
    string("terminationMessagePath"),
    string("terminationMessagePolicy"),
    plain(boolean("tty")),
    unsupported(any("volumeDevices")),
    list(object("volumeMounts", kMount)),
    string("workingDir"),
};
constexpr ObjectType kContainer{kContainerFields, "Container"};

// ---- volumes

constexpr Field kEmptyDirFields[] = {string("medium"), {"sizeLimit", kQuantity}};
constexpr ObjectType kEmptyDir{kEmptyDirFields, "EmptyDirVolumeSource"};
constexpr Field kHostPathFields[] = {string("path"), always(string("type"))};
constexpr ObjectType kHostPath{kHostPathFields, "HostPathVolumeSource"};
constexpr Field kKeyToPathFields[] = {string("key"), int32("mode"), string("path")};
constexpr ObjectType kKeyToPath{kKeyToPathFields, "KeyToPath"};
constexpr Field kConfigMapFields[] = {int32("defaultMode"), list(object("items", kKeyToPath)),
                                      string("name"), boolean("optional")};
constexpr ObjectType kConfigMap{kConfigMapFields, "ConfigMapVolumeSource"};
constexpr Field kSecretFields[] = {int32("defaultMode"), list(object("items", kKeyToPath)),
                                   boolean("optional"), string("secretName")};
constexpr ObjectType kSecret{kSecretFields, "SecretVolumeSource"};
constexpr Field kDownwardFileFields[] = {object("fieldRef", kFieldSelector), int32("mode"),
                                         always(string("path")),
                                         object("resourceFieldRef", kResourceSelector)};
constexpr ObjectType kDownwardFile{kDownwardFileFields, "DownwardAPIVolumeFile"};
constexpr Field kDownwardFields[] = {int32("defaultMode"), list(object("items", kDownwardFile))};
constexpr ObjectType kDownward{kDownwardFields, "DownwardAPIVolumeSource"};
constexpr Field kConfigMapProjectionFields[] = {list(object("items", kKeyToPath)), string("name"),
                                                boolean("optional")};
constexpr ObjectType kConfigMapProjection{kConfigMapProjectionFields, "ConfigMapProjection"};
constexpr ObjectType kSecretProjection{kConfigMapProjectionFields, "SecretProjection"};
constexpr Field kDownwardProjectionFields[] = {list(object("items", kDownwardFile))};
constexpr ObjectType kDownwardProjection{kDownwardProjectionFields, "DownwardAPIProjection"};
constexpr Field kTokenFields[] = {string("audience"), int64("expirationSeconds"),
                                  always(string("path"))};
constexpr ObjectType kToken{kTokenFields, "ServiceAccountTokenProjection"};
constexpr Field kProjectionFields[] = {
    any_object("clusterTrustBundle"),           object("configMap", kConfigMapProjection),
    object("downwardAPI", kDownwardProjection), any_object("podCertificate"),
    object("secret", kSecretProjection),        object("serviceAccountToken", kToken)};
constexpr ObjectType kProjection{kProjectionFields, "VolumeProjection"};
constexpr Field kProjectedFields[] = {int32("defaultMode"), list(object("sources", kProjection))};
constexpr ObjectType kProjected{kProjectedFields, "ProjectedVolumeSource"};

// Kinds of volumes that are `any` here become an UnsupportedVolume: an error, not a warning.
constexpr Field kVolumeFields[] = {
    any_object("awsElasticBlockStore"),
    any_object("azureDisk"),
    any_object("azureFile"),
    any_object("cephfs"),
    any_object("cinder"),
    object("configMap", kConfigMap),
    any_object("csi"),
    object("downwardAPI", kDownward),
    object("emptyDir", kEmptyDir),
    any_object("ephemeral"),
    any_object("fc"),
    any_object("flexVolume"),
    any_object("flocker"),
    any_object("gcePersistentDisk"),
    any_object("gitRepo"),
    any_object("glusterfs"),
    object("hostPath", kHostPath),
    any_object("image"),
    any_object("iscsi"),
    string("name"),
    any_object("nfs"),
    any_object("persistentVolumeClaim"),
    any_object("photonPersistentDisk"),
    any_object("portworxVolume"),
    object("projected", kProjected),
    any_object("quobyte"),
    any_object("rbd"),
    any_object("scaleIO"),
    object("secret", kSecret),
    any_object("storageos"),
    any_object("vsphereVolume"),
};
constexpr ObjectType kVolume{kVolumeFields, "Volume"};

// ---- the pod

constexpr Field kSysctlFields[] = {string("name"), string("value")};
constexpr ObjectType kSysctl{kSysctlFields, "Sysctl"};
constexpr Field kPodSecurityContextFields[] = {
    unsupported(any("appArmorProfile")),
    int64("fsGroup"),
    unsupported(string("fsGroupChangePolicy"), "", "Always"),
    int64("runAsGroup"),
    boolean("runAsNonRoot"),
    int64("runAsUser"),
    unsupported(any("seLinuxChangePolicy")),
    unsupported(any("seLinuxOptions")),
    object("seccompProfile", kSeccomp),
    list(int64("supplementalGroups")),
    unsupported(string("supplementalGroupsPolicy"), "", "Merge"),
    list(object("sysctls", kSysctl)),
    unsupported(any("windowsOptions"), "this is Linux"),
};
constexpr ObjectType kPodSecurityContext{kPodSecurityContextFields, "PodSecurityContext"};

constexpr Field kHostAliasFields[] = {list(string("hostnames")), string("ip")};
constexpr ObjectType kHostAlias{kHostAliasFields, "HostAlias"};
constexpr Field kTolerationFields[] = {string("effect"), string("key"), string("operator"),
                                       int64("tolerationSeconds"), string("value")};
constexpr ObjectType kToleration{kTolerationFields, "Toleration"};
constexpr Field kOsFields[] = {unsupported(string("name"), "this is Linux", "linux")};
constexpr ObjectType kOs{kOsFields, "PodOS"};

constexpr std::string_view kOneNode = "the pod runs on this machine";
constexpr std::string_view kNoToken = "there is no API server to give a token for";
constexpr std::string_view kNoDomain = "pods have no domain yet";

constexpr Field kPodSpecFields[] = {
    int64("activeDeadlineSeconds"),
    daemon_only(object("affinity", kAffinityType), kOneNode),
    daemon_only(boolean("automountServiceAccountToken"), kNoToken, "false"),
    list(object("containers", kContainer)),
    unsupported(any("dnsConfig")),
    string("dnsPolicy"),
    boolean("enableServiceLinks"),
    unsupported(any("ephemeralContainers")),
    list(object("hostAliases", kHostAlias)),
    plain(boolean("hostIPC")),
    plain(boolean("hostNetwork")),
    plain(boolean("hostPID")),
    unsupported(boolean("hostUsers"), "the pod shares the host's users", "true"),
    string("hostname"),
    unsupported(any("hostnameOverride")),
    unsupported(any("imagePullSecrets"), "images come from the local store"),
    list(object("initContainers", kContainer)),
    ignored(string("nodeName"), kOneNode),
    ignored({"nodeSelector", kStringMap}, kOneNode),
    object("os", kOs),
    unsupported(any("overhead")),
    ignored(string("preemptionPolicy"), "nothing is preempted", "PreemptLowerPriority"),
    ignored(int32("priority"), "nothing is preempted", "0"),
    ignored(string("priorityClassName"), "nothing is preempted"),
    unsupported(any("readinessGates")),
    unsupported(any("resourceClaims"), "there is no dynamic resource allocation"),
    unsupported(any("resources"), "set them on the containers"),
    string("restartPolicy"),
    unsupported(string("runtimeClassName")),
    ignored(string("schedulerName"), kOneNode, "default-scheduler"),
    daemon_only(any("schedulingGates"), kOneNode),
    ignored(any("schedulingGroup"), kOneNode),
    object("securityContext", kPodSecurityContext),
    daemon_only(string("serviceAccount"), kNoToken, "default"),
    daemon_only(string("serviceAccountName"), kNoToken, "default"),
    unsupported(boolean("setHostnameAsFQDN"), kNoDomain, "false"),
    unsupported(boolean("shareProcessNamespace"), "each container sees its own processes", "false"),
    unsupported(string("subdomain"), kNoDomain),
    int64("terminationGracePeriodSeconds"),
    list(object("tolerations", kToleration)),
    unsupported(any("topologySpreadConstraints"), kOneNode),
    list(object("volumes", kVolume)),
};

constexpr Field kPodTemplateFields[] = {object("metadata", kObjectMetaType),
                                        object("spec", kPodSpecType)};
constexpr Field kPodFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kPodSpecType),
    server(any_object("status")),
};

}  // namespace

constexpr ObjectType kObjectMetaType{kObjectMetaFields, "ObjectMeta"};
constexpr ObjectType kPodSpecType{kPodSpecFields, "PodSpec"};
constexpr ObjectType kPodTemplateType{kPodTemplateFields, "PodTemplateSpec"};
constexpr ObjectType kPodType{kPodFields, "Pod"};

}  // namespace podrun::manifest
