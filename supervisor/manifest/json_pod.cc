#include "base/error.h"
#include "supervisor/manifest/json.h"
#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

namespace {

RestartPolicy restart_policy_from(const std::string& name) {
  if (name.empty() || name == "Always") return RestartPolicy::kAlways;
  if (name == "OnFailure") return RestartPolicy::kOnFailure;
  if (name == "Never") return RestartPolicy::kNever;
  throw BadInput("field \"restartPolicy\": unknown value \"" + name + "\"");
}

Sysctl sysctl_from_json(const Json& json) {
  Sysctl sysctl;
  read(json, "name", sysctl.name);
  read(json, "value", sysctl.value);
  return sysctl;
}

PodSecurityContext security_from_json(const Json& json) {
  PodSecurityContext context;
  read(json, "fsGroup", context.fs_group);
  read(json, "runAsGroup", context.run_as_group);
  read(json, "runAsNonRoot", context.run_as_non_root);
  read(json, "runAsUser", context.run_as_user);
  read_with(json, "seccompProfile", context.seccomp_profile, seccomp_from_json);
  read(json, "supplementalGroups", context.supplemental_groups);
  read_list(json, "sysctls", context.sysctls, sysctl_from_json);
  return context;
}

HostAlias alias_from_json(const Json& json) {
  HostAlias alias;
  read(json, "hostnames", alias.hostnames);
  read(json, "ip", alias.ip);
  return alias;
}

Toleration toleration_from_json(const Json& json) {
  Toleration toleration;
  read(json, "effect", toleration.effect);
  read(json, "key", toleration.key);
  read(json, "operator", toleration.operator_);
  read(json, "tolerationSeconds", toleration.toleration_seconds);
  read(json, "value", toleration.value);
  return toleration;
}

Json to_json(const Sysctl& sysctl) { return Json{{"name", sysctl.name}, {"value", sysctl.value}}; }

Json to_json(const PodSecurityContext& context) {
  Json out = Json::object();
  write(out, "fsGroup", context.fs_group);
  write(out, "runAsGroup", context.run_as_group);
  write(out, "runAsNonRoot", context.run_as_non_root);
  write(out, "runAsUser", context.run_as_user);
  write_with(out, "seccompProfile", context.seccomp_profile,
             [](const SeccompProfile& profile) { return to_json(profile); });
  write(out, "supplementalGroups", context.supplemental_groups);
  write_list(out, "sysctls", context.sysctls, [](const Sysctl& sysctl) { return to_json(sysctl); });
  return out;
}

Json to_json(const HostAlias& alias) {
  Json out = Json::object();
  write(out, "hostnames", alias.hostnames);
  out["ip"] = alias.ip;
  return out;
}

Json to_json(const Toleration& toleration) {
  Json out = Json::object();
  write(out, "effect", toleration.effect);
  write(out, "key", toleration.key);
  write(out, "operator", toleration.operator_);
  write(out, "tolerationSeconds", toleration.toleration_seconds);
  write(out, "value", toleration.value);
  return out;
}

/// Encodes whatever `to_json` has an overload for.
constexpr auto kEncode = [](const auto& value) { return to_json(value); };

}  // namespace

PodSpec spec_from_json(const Json& json) {
  PodSpec spec;
  read(json, "activeDeadlineSeconds", spec.active_deadline);
  read_list(json, "containers", spec.containers, container_from_json);
  read(json, "dnsPolicy", spec.dns_policy);
  read(json, "enableServiceLinks", spec.enable_service_links);
  read_list(json, "hostAliases", spec.host_aliases, alias_from_json);
  read(json, "hostIPC", spec.host_ipc);
  read(json, "hostNetwork", spec.host_network);
  read(json, "hostPID", spec.host_pid);
  read(json, "hostUsers", spec.host_users);
  read(json, "hostname", spec.hostname);
  read_list(json, "initContainers", spec.init_containers, container_from_json);
  read(json, "nodeName", spec.node_name);
  read(json, "nodeSelector", spec.node_selector);
  read(json, "priorityClassName", spec.priority_class_name);
  std::string restart_policy;
  read(json, "restartPolicy", restart_policy);
  spec.restart_policy = restart_policy_from(restart_policy);
  read(json, "schedulerName", spec.scheduler_name);
  read_with(json, "securityContext", spec.security_context, security_from_json);
  read(json, "serviceAccount", spec.service_account_name);
  read(json, "serviceAccountName", spec.service_account_name);
  read(json, "setHostnameAsFQDN", spec.set_hostname_as_fqdn);
  read(json, "shareProcessNamespace", spec.share_process_namespace);
  read(json, "subdomain", spec.subdomain);
  read(json, "terminationGracePeriodSeconds", spec.termination_grace_period);
  read_list(json, "tolerations", spec.tolerations, toleration_from_json);
  read_list(json, "volumes", spec.volumes, volume_from_json);
  return spec;
}

Json to_json(const PodSpec& spec) {
  Json out = object_with_room(32);
  write(out, "activeDeadlineSeconds", spec.active_deadline);
  write_list(out, "containers", spec.containers, kEncode);
  write(out, "dnsPolicy", spec.dns_policy);
  out["enableServiceLinks"] = spec.enable_service_links;
  write_list(out, "hostAliases", spec.host_aliases, kEncode);
  write(out, "hostIPC", spec.host_ipc);
  write(out, "hostNetwork", spec.host_network);
  write(out, "hostPID", spec.host_pid);
  if (!spec.host_users) out["hostUsers"] = false;
  write(out, "hostname", spec.hostname);
  write_list(out, "initContainers", spec.init_containers, kEncode);
  write(out, "nodeName", spec.node_name);
  write(out, "nodeSelector", spec.node_selector);
  write(out, "priorityClassName", spec.priority_class_name);
  out["restartPolicy"] = to_string(spec.restart_policy);
  write(out, "schedulerName", spec.scheduler_name);
  write_with(out, "securityContext", spec.security_context, kEncode);
  // The deprecated alias is written too, as the API server does.
  write(out, "serviceAccount", spec.service_account_name);
  write(out, "serviceAccountName", spec.service_account_name);
  write(out, "setHostnameAsFQDN", spec.set_hostname_as_fqdn);
  write(out, "shareProcessNamespace", spec.share_process_namespace);
  write(out, "subdomain", spec.subdomain);
  out["terminationGracePeriodSeconds"] = spec.termination_grace_period.count();
  write_list(out, "tolerations", spec.tolerations, kEncode);
  write_list(out, "volumes", spec.volumes, kEncode);
  return out;
}

Pod pod_from_json(const nlohmann::ordered_json& json) {
  object_of("pod", json);
  Pod pod;
  read_with(json, "metadata", pod.metadata, meta_from_json);
  read_with(json, "spec", pod.spec, spec_from_json);
  return pod;
}

nlohmann::ordered_json to_json(const Pod& pod) {
  Json out{{"apiVersion", "v1"}, {"kind", "Pod"}};
  out["metadata"] = to_json(pod.metadata);
  out["spec"] = to_json(pod.spec);
  return out;
}

}  // namespace podrun::manifest
