#include "supervisor/manifest/json_env.h"
#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

namespace {

ContainerPort port_from_json(const Json& json) {
  ContainerPort port;
  read(json, "containerPort", port.container_port);
  read(json, "hostIP", port.host_ip);
  read(json, "hostPort", port.host_port);
  read(json, "name", port.name);
  read(json, "protocol", port.protocol);
  return port;
}

Json to_json(const ContainerPort& port) {
  Json out{{"containerPort", port.container_port}};
  write(out, "hostIP", port.host_ip);
  write(out, "hostPort", port.host_port);
  write(out, "name", port.name);
  write(out, "protocol", port.protocol);
  return out;
}

ResourceRequirements resources_from_json(const Json& json) {
  ResourceRequirements resources;
  read(json, "limits", resources.limits);
  read(json, "requests", resources.requests);
  return resources;
}

ContainerResizePolicy resize_policy_from_json(const Json& json) {
  ContainerResizePolicy policy;
  read(json, "resourceName", policy.resource_name);
  read(json, "restartPolicy", policy.restart_policy);
  return policy;
}

Json to_json(const ContainerResizePolicy& policy) {
  return {{"resourceName", policy.resource_name}, {"restartPolicy", policy.restart_policy}};
}

VolumeMount mount_from_json(const Json& json) {
  VolumeMount mount;
  read(json, "mountPath", mount.mount_path);
  read(json, "mountPropagation", mount.mount_propagation);
  read(json, "name", mount.name);
  read(json, "readOnly", mount.read_only);
  read(json, "recursiveReadOnly", mount.recursive_read_only);
  read(json, "subPath", mount.sub_path);
  read(json, "subPathExpr", mount.sub_path_expr);
  return mount;
}

Json to_json(const VolumeMount& mount) {
  Json out{{"mountPath", mount.mount_path}};
  write(out, "mountPropagation", mount.mount_propagation);
  out["name"] = mount.name;
  write(out, "readOnly", mount.read_only);
  write(out, "recursiveReadOnly", mount.recursive_read_only);
  write(out, "subPath", mount.sub_path);
  write(out, "subPathExpr", mount.sub_path_expr);
  return out;
}

SecurityContext security_from_json(const Json& json) {
  SecurityContext context;
  read(json, "allowPrivilegeEscalation", context.allow_privilege_escalation);
  const auto capabilities = json.find("capabilities");
  if (capabilities != json.end() && !capabilities->is_null()) {
    read(object_of("capabilities", *capabilities), "add", context.capabilities_add);
    read(*capabilities, "drop", context.capabilities_drop);
  }
  read(json, "privileged", context.privileged);
  read(json, "procMount", context.proc_mount);
  read(json, "readOnlyRootFilesystem", context.read_only_root_filesystem);
  read(json, "runAsGroup", context.run_as_group);
  read(json, "runAsNonRoot", context.run_as_non_root);
  read(json, "runAsUser", context.run_as_user);
  read_with(json, "seccompProfile", context.seccomp_profile, seccomp_from_json);
  return context;
}

Json to_json(const SecurityContext& context) {
  Json capabilities = Json::object();
  write(capabilities, "add", context.capabilities_add);
  write(capabilities, "drop", context.capabilities_drop);
  Json out = Json::object();
  write(out, "allowPrivilegeEscalation", context.allow_privilege_escalation);
  write(out, "capabilities", capabilities);
  write(out, "privileged", context.privileged);
  write(out, "procMount", context.proc_mount);
  write(out, "readOnlyRootFilesystem", context.read_only_root_filesystem);
  write(out, "runAsGroup", context.run_as_group);
  write(out, "runAsNonRoot", context.run_as_non_root);
  write(out, "runAsUser", context.run_as_user);
  write_with(out, "seccompProfile", context.seccomp_profile,
             [](const SeccompProfile& profile) { return to_json(profile); });
  return out;
}

/// Encodes whatever `to_json` has an overload for.
constexpr auto kEncode = [](const auto& value) { return to_json(value); };

}  // namespace

Json to_json(const ResourceRequirements& resources) {
  Json out = Json::object();
  write(out, "limits", resources.limits);
  write(out, "requests", resources.requests);
  return out;
}

SeccompProfile seccomp_from_json(const Json& json) {
  SeccompProfile profile;
  read(json, "localhostProfile", profile.localhost_profile);
  read(json, "type", profile.type);
  return profile;
}

Json to_json(const SeccompProfile& profile) {
  Json out = Json::object();
  write(out, "localhostProfile", profile.localhost_profile);
  out["type"] = profile.type;
  return out;
}

Container container_from_json(const Json& json) {
  Container container;
  read(json, "args", container.args);
  read(json, "command", container.command);
  read_list(json, "env", container.env, env_var_from_json);
  read_list(json, "envFrom", container.env_from, env_from_from_json);
  read(json, "image", container.image);
  read(json, "imagePullPolicy", container.image_pull_policy);
  read_with(json, "lifecycle", container.lifecycle, lifecycle_from_json);
  read_with(json, "livenessProbe", container.liveness_probe, probe_from_json);
  read(json, "name", container.name);
  read_list(json, "ports", container.ports, port_from_json);
  read_with(json, "readinessProbe", container.readiness_probe, probe_from_json);
  read_list(json, "resizePolicy", container.resize_policy, resize_policy_from_json);
  read_with(json, "resources", container.resources, resources_from_json);
  read(json, "restartPolicy", container.restart_policy);
  read_with(json, "securityContext", container.security_context, security_from_json);
  read_with(json, "startupProbe", container.startup_probe, probe_from_json);
  read(json, "stdin", container.stdin_);
  read(json, "stdinOnce", container.stdin_once);
  read(json, "terminationMessagePath", container.termination_message_path);
  read(json, "terminationMessagePolicy", container.termination_message_policy);
  read(json, "tty", container.tty);
  read_list(json, "volumeMounts", container.volume_mounts, mount_from_json);
  read(json, "workingDir", container.working_dir);
  return container;
}

Json to_json(const Container& container) {
  Json out = object_with_room(25);
  write(out, "args", container.args);
  write(out, "command", container.command);
  write_list(out, "env", container.env, kEncode);
  write_list(out, "envFrom", container.env_from, kEncode);
  write(out, "image", container.image);
  write(out, "imagePullPolicy", container.image_pull_policy);
  write_with(out, "lifecycle", container.lifecycle, kEncode);
  write_with(out, "livenessProbe", container.liveness_probe, kEncode);
  out["name"] = container.name;
  write_list(out, "ports", container.ports, kEncode);
  write_with(out, "readinessProbe", container.readiness_probe, kEncode);
  write_list(out, "resizePolicy", container.resize_policy, kEncode);
  out["resources"] = to_json(container.resources);
  write(out, "restartPolicy", container.restart_policy);
  write_with(out, "securityContext", container.security_context, kEncode);
  write_with(out, "startupProbe", container.startup_probe, kEncode);
  write(out, "stdin", container.stdin_);
  write(out, "stdinOnce", container.stdin_once);
  write(out, "terminationMessagePath", container.termination_message_path);
  write(out, "terminationMessagePolicy", container.termination_message_policy);
  write(out, "tty", container.tty);
  write_list(out, "volumeMounts", container.volume_mounts, kEncode);
  write(out, "workingDir", container.working_dir);
  return out;
}

}  // namespace podrun::manifest
