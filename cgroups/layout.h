// Which cgroup hierarchies this machine has, and where. Detected once, then passed around as a
// value.
#pragma once

#include <map>
#include <set>
#include <string>

namespace podrun::cgroups {

enum class Controller { kCpu, kCpuacct, kCpuset, kMemory, kPids, kIo, kDevices, kFreezer };

enum class LayoutKind {
  kV2,      // one v2 tree with controllers (kDevices is a BPF program there)
  kHybrid,  // v1 controllers in mounts of their own; a v2 tree for tracking, kill and freeze
  kNone,    // no usable v2 tree
};

struct Layout {
  LayoutKind kind = LayoutKind::kNone;
  std::string v2_root;                  // "/sys/fs/cgroup" or "/sys/fs/cgroup/unified"
  std::set<Controller> v2_controllers;  // what v2_root's cgroup.controllers offers
  // Hybrid: controller to mount point; co-mounted ones ("cpu,cpuacct") name the same folder.
  std::map<Controller, std::string> v1_mounts;

  /// True where a cgroup made by podrun can use this controller. Devices (BPF), freezing and
  /// counting CPU time need no controller on v2.
  bool can_limit(Controller controller) const;
};

/// Looks at /sys/fs/cgroup; where that is not a v2 tree with controllers, reads
/// /proc/self/mountinfo. Throws Error only where those cannot be read.
Layout detect_layout();
/// The same from given texts: for tests.
Layout detect_layout(const std::string& mountinfo, const std::string& v2_controllers);

/// One word for people: "v2", "hybrid", "none".
std::string to_string(LayoutKind kind);
/// The kernel's name on v2: "cpu", "io", ….
std::string to_string(Controller controller);
/// The kernel's name on v1: as on v2 but "blkio".
std::string v1_name(Controller controller);

}  // namespace podrun::cgroups
