// All fields of core/v1 Pod (Kubernetes 1.34), each with what podrun makes of it. Sorted by name.
#include "supervisor/manifest/fields.h"

namespace podrun::manifest {

namespace {

using enum FieldType;

constexpr Field string(std::string_view name) { return {name, kString}; }
constexpr Field boolean(std::string_view name) { return {name, kBool}; }
constexpr Field int32(std::string_view name) { return {name, kInt32}; }
constexpr Field int64(std::string_view name) { return {name, kInt64}; }
constexpr Field any(std::string_view name) { return {name, kAny}; }
constexpr Field object(std::string_view name, const ObjectType& type) {
  return {name, kObject, false, &type};
}
constexpr Field list(Field field) {
  field.is_list = true;
  return field;
}
constexpr Field with(Field field, Support support, std::string_view note, std::string_view quiet) {
  field.support = support;
  field.note = note;
  field.quiet = quiet;
  return field;
}
constexpr Field unsupported(Field field, std::string_view note = "", std::string_view quiet = "") {
  return with(field, Support::kUnsupported, note, quiet);
}
constexpr Field ignored(Field field, std::string_view note, std::string_view quiet = "") {
  return with(field, Support::kIgnored, note, quiet);
}
constexpr Field server(Field field) { return with(field, Support::kServer, "", ""); }

// ---- metadata

constexpr Field kOwnerReferenceFields[] = {string("apiVersion"),  boolean("blockOwnerDeletion"),
                                           boolean("controller"), string("kind"),
                                           string("name"),        string("uid")};
constexpr ObjectType kOwnerReference{kOwnerReferenceFields};

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
constexpr ObjectType kExec{kExecFields};
constexpr Field kHeaderFields[] = {string("name"), string("value")};
constexpr ObjectType kHeader{kHeaderFields};
constexpr Field kHttpGetFields[] = {string("host"),
                                    list(object("httpHeaders", kHeader)),
                                    string("path"),
                                    {"port", kIntOrString},
                                    string("scheme")};
constexpr ObjectType kHttpGet{kHttpGetFields};
constexpr Field kTcpSocketFields[] = {string("host"), {"port", kIntOrString}};
constexpr ObjectType kTcpSocket{kTcpSocketFields};
constexpr Field kGrpcFields[] = {int32("port"), string("service")};
constexpr ObjectType kGrpc{kGrpcFields};
constexpr Field kSleepFields[] = {int64("seconds")};
constexpr ObjectType kSleep{kSleepFields};

constexpr Field kProbeFields[] = {
    object("exec", kExec),
    int32("failureThreshold"),
    object("grpc", kGrpc),
    object("httpGet", kHttpGet),
    int32("initialDelaySeconds"),
    int32("periodSeconds"),
    int32("successThreshold"),
    object("tcpSocket", kTcpSocket),
    int64("terminationGracePeriodSeconds"),
    int32("timeoutSeconds"),
};
constexpr ObjectType kProbe{kProbeFields};

constexpr Field kHandlerFields[] = {object("exec", kExec), object("httpGet", kHttpGet),
                                    object("sleep", kSleep), object("tcpSocket", kTcpSocket)};
constexpr ObjectType kHandler{kHandlerFields};
constexpr Field kLifecycleFields[] = {object("postStart", kHandler), object("preStop", kHandler),
                                      string("stopSignal")};
constexpr ObjectType kLifecycle{kLifecycleFields};

// ---- containers

constexpr Field kKeySelectorFields[] = {string("key"), string("name"), boolean("optional")};
constexpr ObjectType kKeySelector{kKeySelectorFields};
constexpr Field kFieldSelectorFields[] = {string("apiVersion"), string("fieldPath")};
constexpr ObjectType kFieldSelector{kFieldSelectorFields};
constexpr Field kResourceSelectorFields[] = {
    string("containerName"), {"divisor", kQuantity}, string("resource")};
constexpr ObjectType kResourceSelector{kResourceSelectorFields};
constexpr Field kEnvSourceFields[] = {
    object("configMapKeyRef", kKeySelector), object("fieldRef", kFieldSelector),
    unsupported(any("fileKeyRef")),          object("resourceFieldRef", kResourceSelector),
    object("secretKeyRef", kKeySelector),
};
constexpr ObjectType kEnvSource{kEnvSourceFields};
constexpr Field kEnvFields[] = {string("name"), string("value"), object("valueFrom", kEnvSource)};
constexpr ObjectType kEnv{kEnvFields};
constexpr Field kReferenceFields[] = {string("name"), boolean("optional")};
constexpr ObjectType kReference{kReferenceFields};
constexpr Field kEnvFromFields[] = {object("configMapRef", kReference), string("prefix"),
                                    object("secretRef", kReference)};
constexpr ObjectType kEnvFrom{kEnvFromFields};

constexpr Field kPortFields[] = {int32("containerPort"), string("hostIP"), int32("hostPort"),
                                 string("name"), string("protocol")};
constexpr ObjectType kPort{kPortFields};
constexpr Field kResourcesFields[] = {
    unsupported(any("claims"), "there is no dynamic resource allocation"),
    {"limits", kQuantityMap},
    {"requests", kQuantityMap},
};
constexpr ObjectType kResources{kResourcesFields};
constexpr Field kMountFields[] = {
    string("mountPath"),  string("mountPropagation"),  string("name"),
    boolean("readOnly"),  string("recursiveReadOnly"), string("subPath"),
    string("subPathExpr")};
constexpr ObjectType kMount{kMountFields};

constexpr Field kCapabilitiesFields[] = {list(string("add")), list(string("drop"))};
constexpr ObjectType kCapabilities{kCapabilitiesFields};
constexpr Field kSeccompFields[] = {string("localhostProfile"), string("type")};
constexpr ObjectType kSeccomp{kSeccompFields};
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
constexpr ObjectType kSecurityContext{kSecurityContextFields};

constexpr std::string_view kNoInput = "containers have no input and no terminal";

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
    ignored(any("resizePolicy"), "resources of a running container do not change"),
    object("resources", kResources),
    string("restartPolicy"),
    unsupported(any("restartPolicyRules")),
    object("securityContext", kSecurityContext),
    object("startupProbe", kProbe),
    unsupported(boolean("stdin"), kNoInput, "false"),
    unsupported(boolean("stdinOnce"), kNoInput, "false"),
    string("terminationMessagePath"),
    string("terminationMessagePolicy"),
    unsupported(boolean("tty"), kNoInput, "false"),
    unsupported(any("volumeDevices")),
    list(object("volumeMounts", kMount)),
    string("workingDir"),
};
constexpr ObjectType kContainer{kContainerFields};

// ---- volumes

constexpr Field kEmptyDirFields[] = {string("medium"), {"sizeLimit", kQuantity}};
constexpr ObjectType kEmptyDir{kEmptyDirFields};
constexpr Field kHostPathFields[] = {string("path"), string("type")};
constexpr ObjectType kHostPath{kHostPathFields};
constexpr Field kKeyToPathFields[] = {string("key"), int32("mode"), string("path")};
constexpr ObjectType kKeyToPath{kKeyToPathFields};
constexpr Field kConfigMapFields[] = {int32("defaultMode"), list(object("items", kKeyToPath)),
                                      string("name"), boolean("optional")};
constexpr ObjectType kConfigMap{kConfigMapFields};
constexpr Field kSecretFields[] = {int32("defaultMode"), list(object("items", kKeyToPath)),
                                   boolean("optional"), string("secretName")};
constexpr ObjectType kSecret{kSecretFields};

// Kinds of volumes that are `any` here become an UnsupportedVolume: an error, not a warning.
constexpr Field kVolumeFields[] = {
    any("awsElasticBlockStore"),
    any("azureDisk"),
    any("azureFile"),
    any("cephfs"),
    any("cinder"),
    object("configMap", kConfigMap),
    any("csi"),
    any("downwardAPI"),
    object("emptyDir", kEmptyDir),
    any("ephemeral"),
    any("fc"),
    any("flexVolume"),
    any("flocker"),
    any("gcePersistentDisk"),
    any("gitRepo"),
    any("glusterfs"),
    object("hostPath", kHostPath),
    any("image"),
    any("iscsi"),
    string("name"),
    any("nfs"),
    any("persistentVolumeClaim"),
    any("photonPersistentDisk"),
    any("portworxVolume"),
    any("projected"),
    any("quobyte"),
    any("rbd"),
    any("scaleIO"),
    object("secret", kSecret),
    any("storageos"),
    any("vsphereVolume"),
};
constexpr ObjectType kVolume{kVolumeFields};

// ---- the pod

constexpr Field kSysctlFields[] = {string("name"), string("value")};
constexpr ObjectType kSysctl{kSysctlFields};
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
constexpr ObjectType kPodSecurityContext{kPodSecurityContextFields};

constexpr Field kHostAliasFields[] = {list(string("hostnames")), string("ip")};
constexpr ObjectType kHostAlias{kHostAliasFields};
constexpr Field kTolerationFields[] = {string("effect"), string("key"), string("operator"),
                                       int64("tolerationSeconds"), string("value")};
constexpr ObjectType kToleration{kTolerationFields};
constexpr Field kOsFields[] = {unsupported(string("name"), "this is Linux", "linux")};
constexpr ObjectType kOs{kOsFields};

constexpr std::string_view kOneNode = "the pod runs on this machine";
constexpr std::string_view kNoToken = "there is no API server to give a token for";
constexpr std::string_view kNoDomain = "pods have no domain yet";

constexpr Field kPodSpecFields[] = {
    int64("activeDeadlineSeconds"),
    unsupported(any("affinity"), kOneNode),
    unsupported(boolean("automountServiceAccountToken"), kNoToken, "false"),
    list(object("containers", kContainer)),
    unsupported(any("dnsConfig")),
    string("dnsPolicy"),
    boolean("enableServiceLinks"),
    unsupported(any("ephemeralContainers")),
    list(object("hostAliases", kHostAlias)),
    boolean("hostIPC"),
    boolean("hostNetwork"),
    boolean("hostPID"),
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
    unsupported(any("schedulingGates"), kOneNode),
    ignored(any("schedulingGroup"), kOneNode),
    object("securityContext", kPodSecurityContext),
    unsupported(string("serviceAccount"), kNoToken, "default"),
    unsupported(string("serviceAccountName"), kNoToken, "default"),
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
    string("apiVersion"),         string("kind"),        object("metadata", kObjectMetaType),
    object("spec", kPodSpecType), server(any("status")),
};

}  // namespace

constexpr ObjectType kObjectMetaType{kObjectMetaFields};
constexpr ObjectType kPodSpecType{kPodSpecFields};
constexpr ObjectType kPodTemplateType{kPodTemplateFields};
constexpr ObjectType kPodType{kPodFields};

}  // namespace podrun::manifest
