#include <limits>

#include "supervisor/manifest/validate.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

void check_host_network(const Path& path, const PodSpec& spec,
                        const std::vector<Container>& containers, Report& report) {
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const auto& ports = containers[i].ports;
    for (std::size_t j = 0; j < ports.size(); ++j) {
      const Path at = (path[i] / "ports")[j] / "hostPort";
      if (spec.host_network && ports[j].host_port != ports[j].container_port) {
        report.invalid(at, ports[j].host_port,
                       "must match `containerPort` when `hostNetwork` is true");
      } else if (!spec.host_network && ports[j].host_port != 0) {
        report.unsupported_field(at, "pods have no network of their own yet");
      }
    }
  }
}

/// Read from the document: the default has replaced it in the pod.
void warn_of_negative_grace(const Path& path, Report& report) {
  if (path.is_set() && path.node()->kind == NodeKind::kInteger && path.node()->text[0] == '-') {
    report.warning(path, "must be >= 0; negative values are invalid and will be treated as 1");
  }
}

void check_tolerations(const Path& path, const std::vector<Toleration>& tolerations,
                       Report& report) {
  for (std::size_t i = 0; i < tolerations.size(); ++i) {
    const Toleration& toleration = tolerations[i];
    const Path at = path[i];
    const std::string& wanted = toleration.operator_;
    if (!toleration.key.empty()) {
      report.invalid(at / "key", toleration.key, check_qualified_name(toleration.key));
    } else if (wanted != "Exists") {
      report.invalid(at / "operator", wanted,
                     "operator must be Exists when `key` is empty, which means \"match all values "
                     "and all keys\"");
    }
    if (toleration.toleration_seconds && toleration.effect != "NoExecute") {
      report.invalid(at / "effect", toleration.effect,
                     "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    if (wanted == "Equal" || wanted.empty()) {
      report.invalid(at / "value", toleration.value, check_label_value(toleration.value));
    } else if (wanted != "Exists") {
      report.not_supported(at / "operator", wanted, {"Equal", "Exists"});
    } else if (!toleration.value.empty()) {
      report.invalid(at / "operator", toleration.value,
                     "value must be empty when `operator` is 'Exists'");
    }
    const std::string& effect = toleration.effect;
    if (!effect.empty() && effect != "NoSchedule" && effect != "PreferNoSchedule" &&
        effect != "NoExecute") {
      report.not_supported(at / "effect", effect, {"NoSchedule", "PreferNoSchedule", "NoExecute"});
    }
  }
}

void check_host_aliases(const Path& path, const std::vector<HostAlias>& aliases, Report& report) {
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const Path at = path[i];
    report.invalid(at / "ip", aliases[i].ip, check_ip(aliases[i].ip));
    for (std::size_t j = 0; j < aliases[i].hostnames.size(); ++j) {
      const std::string& name = aliases[i].hostnames[j];
      report.invalid((at / "hostnames")[j], name, check_dns1123_subdomain(name));
    }
  }
}

void check_dns(const Path& path, const PodSpec& spec, Report& report) {
  const std::string& policy = spec.dns_policy;
  if (policy != "ClusterFirstWithHostNet" && policy != "ClusterFirst" && policy != "Default" &&
      policy != "None") {
    report.not_supported(path / "dnsPolicy", policy,
                         {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"});
  }
  if (policy == "None" && !(path / "dnsConfig").is_set()) {
    report.required(path / "dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None");
  }
}

void check_name(const Path& path, const std::string& name, Problems (*check)(std::string_view),
                Report& report) {
  if (!name.empty()) report.invalid(path, name, check(name));
}

}  // namespace

void validate_spec(const Path& path, const PodSpec& spec, Report& report) {
  const auto volumes = validate_volumes(path / "volumes", spec.volumes, report);
  validate_containers(path, spec, volumes, report);
  check_host_network(path / "containers", spec, spec.containers, report);
  check_host_network(path / "initContainers", spec, spec.init_containers, report);
  warn_of_negative_grace(path / "terminationGracePeriodSeconds", report);
  check_dns(path, spec, report);
  validate_labels(path / "nodeSelector", spec.node_selector, report);
  validate_pod_security_context(path, spec, report);
  check_name(path / "nodeName", spec.node_name, check_dns1123_subdomain, report);
  check_name(path / "serviceAccountName", spec.service_account_name, check_dns1123_subdomain,
             report);
  if (spec.active_deadline) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    const std::int64_t seconds = spec.active_deadline->count();
    if (seconds < 1 || seconds > kMost) {
      report.invalid(path / "activeDeadlineSeconds", seconds, range_text(1, kMost));
    }
  }
  check_name(path / "hostname", spec.hostname, check_dns1123_label, report);
  check_name(path / "subdomain", spec.subdomain, check_dns1123_label, report);
  check_tolerations(path / "tolerations", spec.tolerations, report);
  check_host_aliases(path / "hostAliases", spec.host_aliases, report);
  check_name(path / "priorityClassName", spec.priority_class_name, check_dns1123_subdomain, report);
}

void validate_pod(const Path& path, const Pod& pod, Report& report) {
  validate_meta(path / "metadata", pod.metadata, report);
  validate_spec(path / "spec", pod.spec, report);
}

}  // namespace podrun::manifest
