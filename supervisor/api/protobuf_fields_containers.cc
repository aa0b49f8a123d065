// Fields of core/v1: a container and its parts.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kContainerPortFields[] = {
    {1, "name", kString},     {2, "hostPort", kInt},  {3, "containerPort", kInt, kExplicit},
    {4, "protocol", kString}, {5, "hostIP", kString},
};
constexpr Message kContainerPort{"ContainerPort", kContainerPortFields};

constexpr Field kConfigMapEnvSourceFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "optional", kBool, kExplicit},
};
constexpr Message kConfigMapEnvSource{"ConfigMapEnvSource", kConfigMapEnvSourceFields};

constexpr Field kSecretEnvSourceFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "optional", kBool, kExplicit},
};
constexpr Message kSecretEnvSource{"SecretEnvSource", kSecretEnvSourceFields};

constexpr Field kEnvFromSourceFields[] = {
    {1, "prefix", kString},
    {2, "configMapRef", kMessage, kExplicit, &kConfigMapEnvSource},
    {3, "secretRef", kMessage, kExplicit, &kSecretEnvSource},
};
constexpr Message kEnvFromSource{"EnvFromSource", kEnvFromSourceFields};

constexpr Field kConfigMapKeySelectorFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "key", kString},
    {3, "optional", kBool, kExplicit},
};
constexpr Message kConfigMapKeySelector{"ConfigMapKeySelector", kConfigMapKeySelectorFields};

constexpr Field kSecretKeySelectorFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "key", kString},
    {3, "optional", kBool, kExplicit},
};
constexpr Message kSecretKeySelector{"SecretKeySelector", kSecretKeySelectorFields};

constexpr Field kFileKeySelectorFields[] = {
    {1, "volumeName", kString},
    {2, "path", kString},
    {3, "key", kString},
    {4, "optional", kBool, kExplicit},
};
constexpr Message kFileKeySelector{"FileKeySelector", kFileKeySelectorFields};

constexpr Field kEnvVarSourceFields[] = {
    {1, "fieldRef", kMessage, kExplicit, &kObjectFieldSelector},
    {2, "resourceFieldRef", kMessage, kExplicit, &kResourceFieldSelector},
    {3, "configMapKeyRef", kMessage, kExplicit, &kConfigMapKeySelector},
    {4, "secretKeyRef", kMessage, kExplicit, &kSecretKeySelector},
    {5, "fileKeyRef", kMessage, kExplicit, &kFileKeySelector},
};
constexpr Message kEnvVarSource{"EnvVarSource", kEnvVarSourceFields};

constexpr Field kEnvVarFields[] = {
    {1, "name", kString},
    {2, "value", kString},
    {3, "valueFrom", kMessage, kExplicit, &kEnvVarSource},
};
constexpr Message kEnvVar{"EnvVar", kEnvVarFields};

constexpr Field kResourceClaimFields[] = {
    {1, "name", kString},
    {2, "request", kString},
};
constexpr Message kResourceClaim{"ResourceClaim", kResourceClaimFields};

constexpr Field kResourceRequirementsFields[] = {
    {1, "limits", kQuantityMap},
    {2, "requests", kQuantityMap},
    {3, "claims", kMessage, kRepeated, &kResourceClaim},
};

constexpr Field kContainerResizePolicyFields[] = {
    {1, "resourceName", kString},
    {2, "restartPolicy", kString},
};
constexpr Message kContainerResizePolicy{"ContainerResizePolicy", kContainerResizePolicyFields};

constexpr Field kContainerRestartRuleOnExitCodesFields[] = {
    {1, "operator", kString},
    {2, "values", kInt, kRepeated},
};
constexpr Message kContainerRestartRuleOnExitCodes{"ContainerRestartRuleOnExitCodes",
                                                   kContainerRestartRuleOnExitCodesFields};

constexpr Field kContainerRestartRuleFields[] = {
    {1, "action", kString},
    {2, "exitCodes", kMessage, kExplicit, &kContainerRestartRuleOnExitCodes},
};
constexpr Message kContainerRestartRule{"ContainerRestartRule", kContainerRestartRuleFields};

constexpr Field kVolumeMountFields[] = {
    {1, "name", kString},
    {2, "readOnly", kBool},
    {3, "mountPath", kString},
    {4, "subPath", kString},
    {5, "mountPropagation", kString, kExplicit},
    {6, "subPathExpr", kString},
    {7, "recursiveReadOnly", kString, kExplicit},
};
constexpr Message kVolumeMount{"VolumeMount", kVolumeMountFields};

constexpr Field kVolumeDeviceFields[] = {
    {1, "name", kString},
    {2, "devicePath", kString},
};
constexpr Message kVolumeDevice{"VolumeDevice", kVolumeDeviceFields};

constexpr Field kExecActionFields[] = {
    {1, "command", kString, kRepeated},
};
constexpr Message kExecAction{"ExecAction", kExecActionFields};

constexpr Field kHTTPHeaderFields[] = {
    {1, "name", kString},
    {2, "value", kString},
};
constexpr Message kHTTPHeader{"HTTPHeader", kHTTPHeaderFields};

constexpr Field kHTTPGetActionFields[] = {
    {1, "path", kString},
    {2, "port", kIntOrString, kExplicit},
    {3, "host", kString},
    {4, "scheme", kString},
    {5, "httpHeaders", kMessage, kRepeated, &kHTTPHeader},
};
constexpr Message kHTTPGetAction{"HTTPGetAction", kHTTPGetActionFields};

constexpr Field kTCPSocketActionFields[] = {
    {1, "port", kIntOrString, kExplicit},
    {2, "host", kString},
};
constexpr Message kTCPSocketAction{"TCPSocketAction", kTCPSocketActionFields};

constexpr Field kGRPCActionFields[] = {
    {1, "port", kInt, kExplicit},
    {2, "service", kString, kExplicit},
};
constexpr Message kGRPCAction{"GRPCAction", kGRPCActionFields};

constexpr Field kProbeHandlerFields[] = {
    {1, "exec", kMessage, kExplicit, &kExecAction},
    {2, "httpGet", kMessage, kExplicit, &kHTTPGetAction},
    {3, "tcpSocket", kMessage, kExplicit, &kTCPSocketAction},
    {4, "grpc", kMessage, kExplicit, &kGRPCAction},
};
constexpr Message kProbeHandler{"ProbeHandler", kProbeHandlerFields};

constexpr Field kProbeFields[] = {
    {1, "", kMessage, kInline, &kProbeHandler},
    {2, "initialDelaySeconds", kInt},
    {3, "timeoutSeconds", kInt},
    {4, "periodSeconds", kInt},
    {5, "successThreshold", kInt},
    {6, "failureThreshold", kInt},
    {7, "terminationGracePeriodSeconds", kInt, kExplicit},
};
constexpr Message kProbe{"Probe", kProbeFields};

constexpr Field kSleepActionFields[] = {
    {1, "seconds", kInt, kExplicit},
};
constexpr Message kSleepAction{"SleepAction", kSleepActionFields};

constexpr Field kLifecycleHandlerFields[] = {
    {1, "exec", kMessage, kExplicit, &kExecAction},
    {2, "httpGet", kMessage, kExplicit, &kHTTPGetAction},
    {3, "tcpSocket", kMessage, kExplicit, &kTCPSocketAction},
    {4, "sleep", kMessage, kExplicit, &kSleepAction},
};
constexpr Message kLifecycleHandler{"LifecycleHandler", kLifecycleHandlerFields};

constexpr Field kLifecycleFields[] = {
    {1, "postStart", kMessage, kExplicit, &kLifecycleHandler},
    {2, "preStop", kMessage, kExplicit, &kLifecycleHandler},
    {3, "stopSignal", kString, kExplicit},
};
constexpr Message kLifecycle{"Lifecycle", kLifecycleFields};

constexpr Field kCapabilitiesFields[] = {
    {1, "add", kString, kRepeated},
    {2, "drop", kString, kRepeated},
};
constexpr Message kCapabilities{"Capabilities", kCapabilitiesFields};

constexpr Field kSELinuxOptionsFields[] = {
    {1, "user", kString},
    {2, "role", kString},
    {3, "type", kString},
    {4, "level", kString},
};

constexpr Field kWindowsSecurityContextOptionsFields[] = {
    {1, "gmsaCredentialSpecName", kString, kExplicit},
    {2, "gmsaCredentialSpec", kString, kExplicit},
    {3, "runAsUserName", kString, kExplicit},
    {4, "hostProcess", kBool, kExplicit},
};

constexpr Field kSeccompProfileFields[] = {
    {1, "type", kString},
    {2, "localhostProfile", kString, kExplicit},
};

constexpr Field kAppArmorProfileFields[] = {
    {1, "type", kString},
    {2, "localhostProfile", kString, kExplicit},
};

constexpr Field kSecurityContextFields[] = {
    {1, "capabilities", kMessage, kExplicit, &kCapabilities},
    {2, "privileged", kBool, kExplicit},
    {3, "seLinuxOptions", kMessage, kExplicit, &kSELinuxOptions},
    {4, "runAsUser", kInt, kExplicit},
    {5, "runAsNonRoot", kBool, kExplicit},
    {6, "readOnlyRootFilesystem", kBool, kExplicit},
    {7, "allowPrivilegeEscalation", kBool, kExplicit},
    {8, "runAsGroup", kInt, kExplicit},
    {9, "procMount", kString, kExplicit},
    {10, "windowsOptions", kMessage, kExplicit, &kWindowsSecurityContextOptions},
    {11, "seccompProfile", kMessage, kExplicit, &kSeccompProfile},
    {12, "appArmorProfile", kMessage, kExplicit, &kAppArmorProfile},
};
constexpr Message kSecurityContext{"SecurityContext", kSecurityContextFields};

constexpr Field kContainerFields[] = {
    {1, "name", kString},
    {2, "image", kString},
    {3, "command", kString, kRepeated},
    {4, "args", kString, kRepeated},
    {5, "workingDir", kString},
    {6, "ports", kMessage, kRepeated, &kContainerPort},
    {7, "env", kMessage, kRepeated, &kEnvVar},
    {8, "resources", kMessage, kPlain, &kResourceRequirements},
    {9, "volumeMounts", kMessage, kRepeated, &kVolumeMount},
    {10, "livenessProbe", kMessage, kExplicit, &kProbe},
    {11, "readinessProbe", kMessage, kExplicit, &kProbe},
    {12, "lifecycle", kMessage, kExplicit, &kLifecycle},
    {13, "terminationMessagePath", kString},
    {14, "imagePullPolicy", kString},
    {15, "securityContext", kMessage, kExplicit, &kSecurityContext},
    {16, "stdin", kBool},
    {17, "stdinOnce", kBool},
    {18, "tty", kBool},
    {19, "envFrom", kMessage, kRepeated, &kEnvFromSource},
    {20, "terminationMessagePolicy", kString},
    {21, "volumeDevices", kMessage, kRepeated, &kVolumeDevice},
    {22, "startupProbe", kMessage, kExplicit, &kProbe},
    {23, "resizePolicy", kMessage, kRepeated, &kContainerResizePolicy},
    {24, "restartPolicy", kString, kExplicit},
    {25, "restartPolicyRules", kMessage, kRepeated, &kContainerRestartRule},
};

constexpr Message kEphemeralContainerCommon{"EphemeralContainerCommon", kContainerFields};

constexpr Field kEphemeralContainerFields[] = {
    {1, "", kMessage, kInline, &kEphemeralContainerCommon},
    {2, "targetContainerName", kString},
};

}  // namespace

constinit const Message kResourceRequirements{"ResourceRequirements", kResourceRequirementsFields};
constinit const Message kSELinuxOptions{"SELinuxOptions", kSELinuxOptionsFields};
constinit const Message kWindowsSecurityContextOptions{"WindowsSecurityContextOptions",
                                                       kWindowsSecurityContextOptionsFields};
constinit const Message kSeccompProfile{"SeccompProfile", kSeccompProfileFields};
constinit const Message kAppArmorProfile{"AppArmorProfile", kAppArmorProfileFields};
constinit const Message kContainer{"Container", kContainerFields};
constinit const Message kEphemeralContainer{"EphemeralContainer", kEphemeralContainerFields};

}  // namespace podrun::api::protobuf
