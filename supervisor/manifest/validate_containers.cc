#include <algorithm>

#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

void check_ports(const Path& path, const std::vector<ContainerPort>& ports, Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const ContainerPort& port = ports[i];
    const Path at = path[i];
    if (!port.name.empty()) {
      const Problems problems = check_port_name(port.name);
      report.invalid(at / "name", port.name, problems);
      if (problems.empty() && !names.insert(port.name).second) {
        report.duplicate(at / "name", port.name);
      }
    }
    if (port.container_port == 0) {
      report.required(at / "containerPort");
    } else {
      report.invalid(at / "containerPort", port.container_port,
                     check_port_number(port.container_port));
    }
    // On the host's network it defaults to the container's, which has been checked.
    if (port.host_port != 0 && (at / "hostPort").is_set()) {
      report.invalid(at / "hostPort", port.host_port, check_port_number(port.host_port));
    }
    if (port.protocol != "TCP" && port.protocol != "UDP" && port.protocol != "SCTP") {
      report.not_supported(at / "protocol", port.protocol, {"SCTP", "TCP", "UDP"});
    }
  }
}

void check_propagation(const Path& path, const VolumeMount& mount, bool privileged,
                       Report& report) {
  const std::string& mode = mount.mount_propagation;
  if (!mode.empty() && mode != "None" && mode != "HostToContainer" && mode != "Bidirectional") {
    report.not_supported(path / "mountPropagation", mode,
                         {"Bidirectional", "HostToContainer", "None"});
  }
  if (mode == "Bidirectional" && !privileged) {
    report.forbidden(path / "mountPropagation",
                     "Bidirectional mount propagation is available only to privileged containers");
  } else if (mode == "Bidirectional") {
    report.unsupported_field(path / "mountPropagation",
                             "what the container mounts stays with it; the host's mounts reach it");
  }
  const std::string& recursive = mount.recursive_read_only;
  const Path at = path / "recursiveReadOnly";
  if (recursive == "Enabled" || recursive == "IfPossible") {
    if (!mount.read_only) {
      report.forbidden(at, "may only be specified when readOnly is true");
    }
    if (!mode.empty() && mode != "None") {
      report.forbidden(at, "may only be specified when mountPropagation is None or not specified");
    }
  } else if (!recursive.empty() && recursive != "Disabled") {
    report.not_supported(at, recursive, {"Disabled", "Enabled", "IfPossible"});
  }
}

void check_mounts(const Path& path, const Container& container,
                  const std::set<std::string>& volumes, Report& report) {
  const bool privileged =
      container.security_context && container.security_context->privileged.value_or(false);
  std::set<std::string> places;
  for (std::size_t i = 0; i < container.volume_mounts.size(); ++i) {
    const VolumeMount& mount = container.volume_mounts[i];
    const Path at = path[i];
    if (mount.name.empty()) {
      report.required(at / "name");
    } else if (!volumes.contains(mount.name)) {
      report.not_found(at / "name", mount.name);
    }
    if (mount.mount_path.empty()) {
      report.required(at / "mountPath");
    } else if (!places.insert(mount.mount_path).second) {
      report.invalid(at / "mountPath", mount.mount_path, "must be unique");
    }
    report.invalid(at / "subPath", mount.sub_path, check_local_path(mount.sub_path));
    if (!mount.sub_path_expr.empty() && !mount.sub_path.empty()) {
      report.invalid(at / "subPathExpr", mount.sub_path_expr,
                     "subPathExpr and subPath are mutually exclusive");
    }
    report.invalid(at / "subPathExpr", mount.sub_path_expr, check_local_path(mount.sub_path_expr));
    check_propagation(at, mount, privileged, report);
  }
}

/// What holds for containers of every kind.
void check_common(const Path& path, const Container& container, const PodSpec& spec,
                  const std::set<std::string>& volumes, Report& report) {
  if (container.name.empty()) {
    report.required(path / "name");
  } else {
    report.invalid(path / "name", container.name, check_dns1123_label(container.name));
  }
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::string& image = container.image;
  if (image.empty()) {
    report.required(path / "image");
  } else if (kSpace.find(image.front()) != std::string_view::npos ||
             kSpace.find(image.back()) != std::string_view::npos) {
    report.invalid(path / "image", image, "must not have leading or trailing whitespace");
  }
  const std::string& message = container.termination_message_policy;
  if (message != "File" && message != "FallbackToLogsOnError") {
    report.not_supported(path / "terminationMessagePolicy", message,
                         {"File", "FallbackToLogsOnError"});
  }
  check_ports(path / "ports", container.ports, report);
  validate_env(path / "env", container.env, report);
  validate_env_from(path / "envFrom", container.env_from, report);
  check_mounts(path / "volumeMounts", container, volumes, report);
  const std::string& pull = container.image_pull_policy;
  if (pull != "Always" && pull != "IfNotPresent" && pull != "Never") {
    report.not_supported(path / "imagePullPolicy", pull, {"Always", "IfNotPresent", "Never"});
  }
  validate_resources(path / "resources", container.resources, report);
  if (container.security_context) {
    validate_security_context(path / "securityContext", *container.security_context,
                              spec.host_users, report);
  }
}

void check_hooks_and_probes(const Path& path, const Container& container, const PodSpec& spec,
                            Report& report) {
  if (container.lifecycle) {
    validate_lifecycle(path / "lifecycle", *container.lifecycle, spec.termination_grace_period,
                       report);
  }
  validate_probes(path, container, report);
}

/// Within `used`, which the containers that run at the same time share.
void check_host_ports(const Path& path, const Container& container, std::set<std::string>& used,
                      Report& report) {
  for (std::size_t i = 0; i < container.ports.size(); ++i) {
    const ContainerPort& port = container.ports[i];
    if (port.host_port == 0) continue;
    const std::string place =
        port.protocol + "/" + port.host_ip + "/" + std::to_string(port.host_port);
    if (!used.insert(place).second) report.duplicate((path / "ports")[i] / "hostPort", place);
  }
}

void check_init_container(const Path& path, const Container& container, const PodSpec& spec,
                          Report& report) {
  if (!container.restart_policy.empty() && container.restart_policy != "Always") {
    report.not_supported(path / "restartPolicy", container.restart_policy, {"Always"});
  }
  validate_resize_policy(path, container, spec.restart_policy,
                         /*init=*/container.restart_policy != "Always", report);
  std::set<std::string> used;
  check_host_ports(path, container, used, report);
  if (container.restart_policy == "Always") {
    check_hooks_and_probes(path, container, spec, report);
    return;
  }
  for (const char* field : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
    if (!(path / field).is_set()) continue;
    report.forbidden(path / field,
                     "may not be set for init containers without restartPolicy=Always");
  }
}

}  // namespace

void validate_containers(const Path& path, const PodSpec& spec,
                         const std::set<std::string>& volumes, Report& report) {
  std::set<std::string> names;
  const auto check_name = [&](const Path& at, const std::string& name) {
    if (!name.empty() && !names.insert(name).second) report.duplicate(at / "name", name);
  };
  if (spec.containers.empty()) report.required(path / "containers");
  std::set<std::string> used;
  for (std::size_t i = 0; i < spec.containers.size(); ++i) {
    const Container& container = spec.containers[i];
    const Path at = (path / "containers")[i];
    check_common(at, container, spec, volumes, report);
    check_name(at, container.name);
    validate_resize_policy(at, container, spec.restart_policy, /*init=*/false, report);
    check_hooks_and_probes(at, container, spec, report);
    check_host_ports(at, container, used, report);
    if ((at / "restartPolicy").is_set()) {
      report.forbidden(at / "restartPolicy", "may not be set for non-init containers");
    }
  }
  for (std::size_t i = 0; i < spec.init_containers.size(); ++i) {
    const Container& container = spec.init_containers[i];
    const Path at = (path / "initContainers")[i];
    check_common(at, container, spec, volumes, report);
    check_name(at, container.name);
    check_init_container(at, container, spec, report);
  }
}

}  // namespace podrun::manifest
