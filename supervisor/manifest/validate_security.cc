#include <algorithm>

#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

void check_id(const Path& path, const std::optional<std::int64_t>& id, Report& report) {
  if (id) report.invalid(path, *id, check_user_id(*id));
}

void check_seccomp(const Path& path, const std::optional<SeccompProfile>& profile, Report& report) {
  if (!profile) return;
  const bool local = profile->type == "Localhost";
  if (profile->type.empty()) {
    report.required(path / "type", "type is required when seccompProfile is set");
  } else if (!local && profile->type != "RuntimeDefault" && profile->type != "Unconfined") {
    report.not_supported(path / "type", profile->type,
                         {"Localhost", "RuntimeDefault", "Unconfined"});
  }
  const Path file = path / "localhostProfile";
  if (local && profile->localhost_profile.empty()) {
    report.required(file, "must be set when seccomp type is Localhost");
  } else if (local) {
    report.invalid(file, profile->localhost_profile, check_local_path(profile->localhost_profile));
  } else if (file.is_set()) {
    report.invalid(file, profile->localhost_profile,
                   "can only be set when seccomp type is Localhost");
  }
}

bool is_any_prefix(std::string_view name, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

void check_sysctls(const Path& path, const PodSpec& spec, Report& report) {
  std::set<std::string> names;
  const auto& sysctls = spec.security_context->sysctls;
  for (std::size_t i = 0; i < sysctls.size(); ++i) {
    const std::string& name = sysctls[i].name;
    const Path at = path[i] / "name";
    if (name.empty()) {
      report.required(at);
      continue;
    }
    if (!is_sysctl_name(name)) {
      report.invalid(at, name,
                     "must have at most 253 characters and match regex "
                     "^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
    } else if (!names.insert(name).second) {
      report.duplicate(at, name);
    }
    std::string dotted = name;
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    const bool net = is_any_prefix(dotted, {"net."});
    const bool ipc =
        is_any_prefix(dotted, {"kernel.shm", "kernel.msg", "fs.mqueue."}) || dotted == "kernel.sem";
    if (net && spec.host_network) {
      report.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    } else if (ipc && spec.host_ipc) {
      report.invalid(at, name, "may not be specified when 'hostIPC' is true");
    } else if (!net && !ipc && is_sysctl_name(name)) {
      // A kubelet admits no others, since they would change the whole machine.
      report.forbidden(at, "not allowed: only sysctls of the pod's own namespaces can be set");
    }
  }
}

}  // namespace

void validate_security_context(const Path& path, const SecurityContext& context, bool host_users,
                               Report& report) {
  check_id(path / "runAsUser", context.run_as_user, report);
  check_id(path / "runAsGroup", context.run_as_group, report);
  const std::string& proc = context.proc_mount;
  if (!proc.empty() && proc != "Default" && proc != "Unmasked") {
    report.not_supported(path / "procMount", proc, {"Default", "Unmasked"});
  }
  if (proc == "Unmasked" && host_users) {
    report.invalid(path / "procMount", proc, "`hostUsers` must be false to use `Unmasked`");
  }
  check_seccomp(path / "seccompProfile", context.seccomp_profile, report);
  if (context.allow_privilege_escalation.value_or(true)) return;
  const Path at = path / "allowPrivilegeEscalation";
  if (context.privileged.value_or(false)) {
    report.error(at,
                 "Invalid value: false: cannot set `allowPrivilegeEscalation` to false and "
                 "`privileged` to true");
  }
  const auto& added = context.capabilities_add;
  if (std::find(added.begin(), added.end(), "CAP_SYS_ADMIN") != added.end()) {
    report.error(at,
                 "Invalid value: false: cannot set `allowPrivilegeEscalation` to false and "
                 "`capabilities.Add` CAP_SYS_ADMIN");
  }
}

void validate_pod_security_context(const Path& path, const PodSpec& spec, Report& report) {
  if (spec.share_process_namespace && spec.host_pid) {
    report.error(path / "shareProcessNamespace",
                 "Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled");
  }
  if (!spec.security_context) return;
  const PodSecurityContext& context = *spec.security_context;
  const Path at = path / "securityContext";
  check_id(at / "fsGroup", context.fs_group, report);
  check_id(at / "runAsUser", context.run_as_user, report);
  check_id(at / "runAsGroup", context.run_as_group, report);
  for (std::size_t i = 0; i < context.supplemental_groups.size(); ++i) {
    check_id((at / "supplementalGroups")[i], context.supplemental_groups[i], report);
  }
  check_sysctls(at / "sysctls", spec, report);
  check_seccomp(at / "seccompProfile", context.seccomp_profile, report);
}

}  // namespace podrun::manifest
