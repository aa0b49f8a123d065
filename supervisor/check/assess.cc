#include "supervisor/check/assess.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/error.h"
#include "base/text.h"

namespace podrun::check {
namespace {

using cgroups::Controller;
using cgroups::LayoutKind;

Finding ok(std::string topic, std::string found) {
  return {std::move(topic), State::kOk, std::move(found), "", ""};
}
Finding degraded(std::string topic, std::string found, std::string effect,
                 std::string advice = "") {
  return {std::move(topic), State::kDegraded, std::move(found), std::move(effect),
          std::move(advice)};
}
Finding missing(std::string topic, std::string found, std::string advice) {
  return {std::move(topic), State::kMissing, std::move(found), "", std::move(advice)};
}

std::string failure_text(const Trial& trial) {
  return trial.text.empty() ? errno_text(trial.errno_value) : trial.text;
}

bool has(const HostFacts& facts, const std::string& capability) {
  const auto found = facts.capabilities.find(capability);
  return found != facts.capabilities.end() && found->second;
}

// ---- kernel

/// What podrun uses and since when Linux has it (man pages of each call).
struct Call {
  const char* name;
  const char* since;
};
constexpr Call kCalls[] = {
    {"clone3", "5.3"},         {"pidfd_open", "5.3"}, {"openat2", "5.6"},   {"close_range", "5.9"},
    {"mount_setattr", "5.12"}, {"fsopen", "5.2"},     {"open_tree", "5.2"}, {"move_mount", "5.2"},
};

Finding kernel(const HostFacts& facts) {
  const std::string found = "Linux " + facts.kernel_release + " (" + facts.machine + ")";
  int major = 0, minor = 0;
  const bool parsed = std::sscanf(facts.kernel_release.c_str(), "%d.%d", &major, &minor) == 2;
  if (parsed && (major < 5 || (major == 5 && minor < 12))) {
    return missing("kernel", found, "podrun needs Linux 5.12; Debian 12 has 6.1");
  }
  return ok("kernel", found);
}

void system_calls(const HostFacts& facts, std::vector<Finding>& findings) {
  std::vector<std::string> there;
  for (const Call& call : kCalls) {
    const auto trial = facts.calls.find(call.name);
    if (trial == facts.calls.end()) continue;
    const bool blocked = trial->second.errno_value == EPERM;
    if (trial->second.errno_value != ENOSYS && !blocked) {
      there.emplace_back(call.name);
      continue;
    }
    findings.push_back(missing(
        std::string("system call ") + call.name, errno_text(trial->second.errno_value),
        blocked ? "a seccomp filter around podrun blocks it: run podrun outside of that container"
                : std::string("it came with Linux ") + call.since + ": use a newer kernel"));
  }
  if (!there.empty()) findings.push_back(ok("system calls", joined(there, ", ")));
}

void privileges(const HostFacts& facts, std::vector<Finding>& findings) {
  if (!facts.root) {
    findings.push_back(missing("root", "not root", "run podrun as root"));
    return;
  }
  findings.push_back(ok("root", "yes"));
  std::vector<std::string> absent;
  for (const char* name : {"CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SETGID",
                           "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYS_CHROOT"}) {
    if (!has(facts, name)) absent.emplace_back(name);
  }
  if (!absent.empty()) {
    findings.push_back(missing("capabilities", "without " + joined(absent, ", "),
                               "podrun runs in a container that drops them: give them back"));
  }
  findings.push_back(
      has(facts, "CAP_SYS_RESOURCE")
          ? ok("CAP_SYS_RESOURCE", "yes")
          : degraded("CAP_SYS_RESOURCE", "no",
                     "hard resource limits cannot be raised, oom_score_adj cannot go below "
                     "podrun's own: such fields are cut short, with a warning event"));
}

/// Which namespace kinds a pod cannot do without.
Finding name_space(const std::string& kind, const Trial& trial) {
  const std::string topic = "namespace " + kind;
  if (trial.worked()) return ok(topic, "yes");
  const std::string found = failure_text(trial);
  if (kind == "user") {
    return degraded(topic, found, "hostUsers: false is refused",
                    "set sysctl user.max_user_namespaces above 0");
  }
  if (kind == "cgroup") {
    return degraded(topic, found, "containers see the host's cgroup paths");
  }
  return missing(topic, found, "pods need it: use a kernel built with it, and run as root");
}

Finding root_mount(const HostFacts& facts) {
  if (facts.root_mount.worked()) return ok("root mount", "yes");
  const std::string found = "/ cannot be a slave mount: " + failure_text(facts.root_mount);
  // man 2 mount: EINVAL where the target is no mount point.
  return missing("root mount", found,
                 facts.root_mount.errno_value == EINVAL
                     ? "in a chroot, / must be a mount: mount --bind DIR DIR before it"
                     : "pods need mounts of their own: run as root, outside of a container");
}

// ---- cgroups

std::string name_of(Controller controller) {
  switch (controller) {
    case Controller::kCpu:
      return "cpu";
    case Controller::kCpuacct:
      return "cpuacct";
    case Controller::kCpuset:
      return "cpuset";
    case Controller::kMemory:
      return "memory";
    case Controller::kPids:
      return "pids";
    case Controller::kIo:
      return "io";
    case Controller::kDevices:
      return "devices";
    case Controller::kFreezer:
      return "freezer";
  }
  return "";
}

std::string loss(Controller controller) {
  switch (controller) {
    case Controller::kCpu:
      return "manifests with CPU limits are refused (--allow-no-limits runs them without)";
    case Controller::kMemory:
      return "manifests with memory limits are refused (--allow-no-limits runs them without)";
    case Controller::kPids:
      return "the number of a pod's processes is not limited or counted";
    case Controller::kDevices:
      return "device access of containers is not restricted by cgroup";
    case Controller::kCpuset:
      return "containers cannot be pinned to CPUs";
    case Controller::kIo:
      return "access to block devices is not limited";
    default:
      return "";
  }
}

void controllers(const HostFacts& facts, std::vector<Finding>& findings) {
  std::vector<std::string> there;
  for (const Controller controller : {Controller::kCpu, Controller::kMemory, Controller::kPids,
                                      Controller::kCpuset, Controller::kIo, Controller::kDevices}) {
    if (facts.layout.can_limit(controller)) {
      there.push_back(name_of(controller));
    } else {
      findings.push_back(
          degraded("controller " + name_of(controller), "no", loss(controller),
                   controller == Controller::kMemory ? "boot with cgroup_enable=memory" : ""));
    }
  }
  if (!there.empty()) findings.push_back(ok("controllers", joined(there, ", ")));
}

void control_groups(const HostFacts& facts, std::vector<Finding>& findings) {
  const std::string kind = cgroups::to_string(facts.layout.kind);
  if (facts.layout.kind == LayoutKind::kNone) {
    findings.push_back(missing("cgroups", "no cgroup v2 tree is mounted",
                               "mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
    return;
  }
  const std::string found = kind + ", tree at " + facts.layout.v2_root;
  if (!facts.cgroup_made.worked()) {
    findings.push_back(missing("cgroups", found + "; " + failure_text(facts.cgroup_made),
                               "podrun must be able to make cgroups: run as root, outside of a "
                               "container or with a writable /sys/fs/cgroup"));
    return;
  }
  findings.push_back(
      facts.layout.kind == LayoutKind::kV2
          ? ok("cgroups", found)
          : degraded("cgroups", found,
                     "limits work through v1; the OOM killer takes single processes instead of "
                     "the container",
                     "boot with systemd.unified_cgroup_hierarchy=1 for cgroup v2"));
  controllers(facts, findings);
  findings.push_back(facts.clone_into_cgroup.worked()
                         ? ok("CLONE_INTO_CGROUP", "yes")
                         : missing("CLONE_INTO_CGROUP", failure_text(facts.clone_into_cgroup),
                                   "it came with Linux 5.7: use a newer kernel"));
  findings.push_back(facts.cgroup_kill
                         ? ok("cgroup.kill", "yes")
                         : degraded("cgroup.kill", "no",
                                    "pods are frozen and killed process by process: slower",
                                    "it came with Linux 5.14"));
  findings.push_back(facts.cgroup_freeze
                         ? ok("cgroup.freeze", "yes")
                         : degraded("cgroup.freeze", "no", "containers cannot be paused",
                                    "it came with Linux 5.2"));
  // Nothing of podrun works less without it.
  findings.push_back(ok("pressure (PSI)",
                        facts.pressure ? "yes, in the cgroups' *.pressure files"
                                       : "no, and not needed; boot with psi=1 to have the cgroups' "
                                         "*.pressure files"));
}

// ---- the rest

Finding overlay(const HostFacts& facts) {
  const std::string found = "on " + facts.data_dir + " (" + facts.data_file_system + ")";
  if (!facts.overlay.worked()) {
    const bool absent = facts.overlay.errno_value == ENODEV;
    return missing("overlayfs", found + ": " + failure_text(facts.overlay),
                   absent ? "modprobe overlay" : "put --data-dir on ext4, xfs, btrfs or tmpfs");
  }
  if (!facts.overlay_write.worked()) {
    return missing("overlayfs", found + ": " + failure_text(facts.overlay_write),
                   "this file system cannot hold writable layers: put --data-dir on ext4, xfs, "
                   "btrfs or tmpfs");
  }
  return ok("overlayfs", found);
}

Finding cni(const HostFacts& facts) {
  constexpr const char* kNeeded[] = {"bridge", "host-local", "loopback", "portmap"};
  std::vector<std::string> absent;
  for (const char* name : kNeeded) {
    if (std::find(facts.cni_plugins.begin(), facts.cni_plugins.end(), name) ==
        facts.cni_plugins.end()) {
      absent.emplace_back(name);
    }
  }
  const std::string effect = "pods have no network of their own beyond loopback; hostNetwork works";
  const std::string advice = "apt-get install containernetworking-plugins";
  if (facts.cni_folder.empty()) {
    return degraded("CNI plugins", "none in /opt/cni/bin or /usr/lib/cni", effect, advice);
  }
  if (!absent.empty()) {
    return degraded("CNI plugins", facts.cni_folder + " is without " + joined(absent, ", "), effect,
                    advice);
  }
  return ok("CNI plugins", facts.cni_folder);
}

Finding open_files(const HostFacts& facts) {
  constexpr std::uint64_t kFew = 4096;
  const std::string found = "soft " + std::to_string(facts.open_files_soft) + ", hard " +
                            std::to_string(facts.open_files_hard);
  if (facts.open_files_hard >= kFew) return ok("open files", found);
  return degraded("open files", found, "programs that open many files fail in containers",
                  "raise the hard limit (ulimit -Hn) before podrun starts");
}

}  // namespace

std::vector<Finding> assess(const HostFacts& facts) {
  std::vector<Finding> findings{kernel(facts)};
  privileges(facts, findings);
  system_calls(facts, findings);
  for (const auto& [kind, trial] : facts.namespaces) findings.push_back(name_space(kind, trial));
  findings.push_back(root_mount(facts));
  control_groups(facts, findings);
  findings.push_back(overlay(facts));
  findings.push_back(facts.seccomp.worked()
                         ? ok("seccomp", "yes")
                         : degraded("seccomp", failure_text(facts.seccomp),
                                    "the seccomp profile RuntimeDefault cannot be applied",
                                    "use a kernel with CONFIG_SECCOMP_FILTER"));
  findings.push_back(cni(facts));
  findings.push_back(open_files(facts));
  return findings;
}

bool any_missing(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.state == State::kMissing; });
}

std::string to_string(State state) {
  switch (state) {
    case State::kOk:
      return "ok";
    case State::kDegraded:
      return "degraded";
    case State::kMissing:
      return "missing";
  }
  return "";
}

}  // namespace podrun::check
