// The typed Pod: core/v1 PodSpec as podrun acts on it. Values as after defaulting; names are
// Kubernetes' in snake_case.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/quantity.h"
#include "supervisor/manifest/meta.h"

namespace podrun::manifest {

/// A number or the name of a container port.
using IntOrString = std::variant<std::int64_t, std::string>;

// ---- probes and hooks

struct HttpHeader {
  std::string name, value;
};
struct HttpGetAction {
  std::string path = "/";
  IntOrString port;
  std::string host;             // empty: the pod's own address
  std::string scheme = "HTTP";  // or "HTTPS"
  std::vector<HttpHeader> http_headers;
};
struct TcpSocketAction {
  IntOrString port;
  std::string host;
};
struct ExecAction {
  std::vector<std::string> command;
};
struct GrpcAction {
  std::int64_t port = 0;
  std::string service;
};
struct SleepAction {
  Seconds seconds{0};
};
using ProbeHandler = std::variant<HttpGetAction, TcpSocketAction, ExecAction, GrpcAction>;
using LifecycleHandler = std::variant<HttpGetAction, TcpSocketAction, ExecAction, SleepAction>;

struct Probe {
  ProbeHandler handler;
  Seconds initial_delay{0};
  Seconds timeout{1};
  Seconds period{10};
  int success_threshold = 1;
  int failure_threshold = 3;
  std::optional<Seconds> termination_grace_period;
};

struct Lifecycle {
  std::optional<LifecycleHandler> post_start, pre_stop;
  std::string stop_signal;
};

// ---- containers

struct ContainerPort {
  std::string name, protocol = "TCP", host_ip;
  int container_port = 0;
  int host_port = 0;
};

struct ResourceRequirements {
  std::map<std::string, Quantity> limits, requests;  // "cpu", "memory", "ephemeral-storage", …
};
/// What a change of a running container's resources means for it.
struct ContainerResizePolicy {
  std::string resource_name;   // "cpu", "memory"
  std::string restart_policy;  // "NotRequired", "RestartContainer"
};

struct ConfigMapKeySelector {
  std::string name, key;
  bool optional = false;
};
struct SecretKeySelector {
  std::string name, key;
  bool optional = false;
};
struct ObjectFieldSelector {
  std::string field_path;
};
struct ResourceFieldSelector {
  std::string container_name, resource;
  Quantity divisor;
};
using EnvSource = std::variant<ConfigMapKeySelector, SecretKeySelector, ObjectFieldSelector,
                               ResourceFieldSelector>;

struct EnvVar {
  std::string name, value;
  std::optional<EnvSource> value_from;
};
struct EnvFrom {
  std::string prefix;
  bool is_secret = false;  // else a ConfigMap
  std::string name;
  bool optional = false;
};

struct VolumeMount {
  std::string name, mount_path, sub_path, sub_path_expr;
  bool read_only = false;
  std::string recursive_read_only;  // "", "Disabled", "IfPossible", "Enabled"
  std::string mount_propagation;    // "", "None", "HostToContainer", "Bidirectional"
};

struct SeccompProfile {
  std::string type;  // RuntimeDefault, Unconfined, Localhost
  std::string localhost_profile;
};

struct SecurityContext {  // of a container
  std::optional<std::int64_t> run_as_user, run_as_group;
  std::optional<bool> run_as_non_root, privileged, read_only_root_filesystem,
      allow_privilege_escalation;
  std::vector<std::string> capabilities_add, capabilities_drop;
  std::optional<SeccompProfile> seccomp_profile;
  std::string proc_mount;
};

struct Container {
  std::string name, image, working_dir;
  std::vector<std::string> command, args;
  std::vector<ContainerPort> ports;
  std::vector<EnvFrom> env_from;
  std::vector<EnvVar> env;
  ResourceRequirements resources;
  std::vector<ContainerResizePolicy> resize_policy;
  std::vector<VolumeMount> volume_mounts;
  std::optional<Probe> liveness_probe, readiness_probe, startup_probe;
  std::optional<Lifecycle> lifecycle;
  std::string restart_policy;  // init containers only: "Always" makes a sidecar
  std::string termination_message_path = "/dev/termination-log";
  std::string termination_message_policy = "File";
  std::string image_pull_policy;
  std::optional<SecurityContext> security_context;
  bool stdin_ = false, stdin_once = false, tty = false;
};

// ---- volumes

struct EmptyDirVolume {
  std::string medium;  // "" or "Memory"
  std::optional<Quantity> size_limit;
};
struct HostPathVolume {
  std::string path;
  std::string type;  // "", DirectoryOrCreate, Directory, FileOrCreate, File, Socket, CharDevice,
                     // BlockDevice
};
struct KeyToPath {
  std::string key, path;
  std::optional<int> mode;
};
struct ConfigMapVolume {
  std::string name;
  std::vector<KeyToPath> items;
  int default_mode = 0644;
  bool optional = false;
};
struct SecretVolume {
  std::string secret_name;
  std::vector<KeyToPath> items;
  int default_mode = 0644;
  bool optional = false;
};
/// A file with a field of the pod, or with a container's resources. One of the two is there.
struct DownwardFile {
  std::string path;
  std::optional<ObjectFieldSelector> field;
  std::optional<ResourceFieldSelector> resource;
  std::optional<int> mode;
};
struct DownwardVolume {
  std::vector<DownwardFile> items;
  int default_mode = 0644;
};
struct TokenProjection {
  std::string audience, path;
  std::int64_t expiration_seconds = 3600;
};
/// A volume kind that podrun does not mount; `kind` is its field name. Refused when the pod starts.
struct UnsupportedVolume {
  std::string kind;
};
/// Sources have no modes of their own: default_mode is the volume's.
struct ProjectedVolume {
  using Source = std::variant<ConfigMapVolume, SecretVolume, DownwardVolume, TokenProjection,
                              UnsupportedVolume>;
  std::vector<Source> sources;
  int default_mode = 0644;
};
struct Volume {
  std::string name;
  std::variant<EmptyDirVolume, HostPathVolume, ConfigMapVolume, SecretVolume, DownwardVolume,
               ProjectedVolume, UnsupportedVolume>
      source;
};

// ---- the pod

enum class RestartPolicy { kAlways, kOnFailure, kNever };

struct Sysctl {
  std::string name, value;
};
struct PodSecurityContext {
  std::optional<std::int64_t> run_as_user, run_as_group, fs_group;
  std::optional<bool> run_as_non_root;
  std::vector<std::int64_t> supplemental_groups;
  std::vector<Sysctl> sysctls;
  std::optional<SeccompProfile> seccomp_profile;
};
struct HostAlias {
  std::string ip;
  std::vector<std::string> hostnames;
};
struct Toleration {
  std::string key, operator_, value, effect;
  std::optional<std::int64_t> toleration_seconds;
};

struct PodSpec {
  std::vector<Container> init_containers, containers;
  std::vector<Volume> volumes;
  RestartPolicy restart_policy = RestartPolicy::kAlways;
  Seconds termination_grace_period{30};
  std::optional<Seconds> active_deadline;
  std::string dns_policy = "ClusterFirst";
  StringMap node_selector;
  std::string service_account_name, node_name, hostname, subdomain, priority_class_name,
      scheduler_name;
  bool host_network = false, host_pid = false, host_ipc = false, share_process_namespace = false;
  bool host_users = true, set_hostname_as_fqdn = false, enable_service_links = true;
  std::optional<PodSecurityContext> security_context;
  std::vector<HostAlias> host_aliases;
  std::vector<Toleration> tolerations;
};

struct Pod {
  ObjectMeta metadata;
  PodSpec spec;
};

enum class QosClass { kGuaranteed, kBurstable, kBestEffort };
QosClass qos_class(const PodSpec& spec);
std::string to_string(QosClass qos);
std::string to_string(RestartPolicy policy);

}  // namespace podrun::manifest
