#include "cgroups/layout.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <array>

#include "base/files.h"
#include "cgroups/mountinfo.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kUsualMount = "/sys/fs/cgroup";
constexpr const char* kMountinfo = "/proc/self/mountinfo";
constexpr const char* kControllers = "cgroup.controllers";

struct Name {
  Controller controller;
  const char* v2;  // what cgroup.controllers may list; cpuacct, devices and freezer never are
  const char* v1;
};
constexpr std::array kNames{
    Name{Controller::kCpu, "cpu", "cpu"},
    Name{Controller::kCpuacct, "cpuacct", "cpuacct"},
    Name{Controller::kCpuset, "cpuset", "cpuset"},
    Name{Controller::kMemory, "memory", "memory"},
    Name{Controller::kPids, "pids", "pids"},
    Name{Controller::kIo, "io", "blkio"},
    Name{Controller::kDevices, "devices", "devices"},
    Name{Controller::kFreezer, "freezer", "freezer"},
};

const Name& name_of(Controller controller) {
  for (const Name& name : kNames)
    if (name.controller == controller) return name;
  return kNames.front();
}

std::set<Controller> parse_v2_controllers(const std::string& text) {
  std::set<Controller> controllers;
  for (const std::string_view word : words(text))
    for (const Name& name : kNames)
      if (word == name.v2) controllers.insert(name.controller);
  return controllers;
}

// A mount of the whole hierarchy is better than one of a part (a bind mount into a container).
void prefer(const MountLine*& chosen, const MountLine& candidate) {
  if (chosen == nullptr || (chosen->root != "/" && candidate.root == "/")) chosen = &candidate;
}

Layout layout_of_mounts(const std::vector<MountLine>& mounts) {
  const MountLine* v2 = nullptr;
  std::map<Controller, const MountLine*> v1;
  for (const MountLine& mount : mounts) {
    const bool is_v2 = mount.type == "cgroup2";
    if ((!is_v2 && mount.type != "cgroup") || !is_visible(mount, mounts)) continue;
    if (is_v2) {
      prefer(v2, mount);
      continue;
    }
    for (const std::string_view option : split(mount.super_options, ','))
      for (const Name& name : kNames)
        if (option == name.v1) prefer(v1[name.controller], mount);
  }
  Layout layout;
  if (v2 == nullptr) return layout;
  layout.v2_root = v2->mount_point;
  layout.kind = v1.empty() ? LayoutKind::kV2 : LayoutKind::kHybrid;
  for (const auto& [controller, mount] : v1) layout.v1_mounts[controller] = mount->mount_point;
  return layout;
}

bool is_v2_tree(const char* path) {
  struct statfs file_system {};
  return ::statfs(path, &file_system) == 0 && file_system.f_type == CGROUP2_SUPER_MAGIC;
}

std::string controllers_of(const std::string& v2_root) {
  return read_file_if_exists(v2_root + "/" + kControllers).value_or("");
}

}  // namespace

bool Layout::can_limit(Controller controller) const {
  if (kind == LayoutKind::kNone) return false;
  switch (controller) {
    case Controller::kDevices:
    case Controller::kFreezer:
    case Controller::kCpuacct:
      return true;
    default:
      return v2_controllers.contains(controller) || v1_mounts.contains(controller);
  }
}

Layout detect_layout(const std::string& mountinfo, const std::string& v2_controllers) {
  Layout layout = layout_of_mounts(parse_mountinfo(mountinfo));
  if (layout.kind != LayoutKind::kNone)
    layout.v2_controllers = parse_v2_controllers(v2_controllers);
  return layout;
}

Layout detect_layout() {
  if (is_v2_tree(kUsualMount)) {
    // The common case, without reading a mount table that may be long. A v2 tree here that lacks
    // controllers may have them in v1 mounts elsewhere.
    Layout layout{.kind = LayoutKind::kV2, .v2_root = kUsualMount};
    layout.v2_controllers = parse_v2_controllers(controllers_of(kUsualMount));
    if (layout.v2_controllers.contains(Controller::kCpu) &&
        layout.v2_controllers.contains(Controller::kMemory))
      return layout;
  }
  Layout layout = layout_of_mounts(parse_mountinfo(read_file(kMountinfo)));
  if (layout.kind != LayoutKind::kNone)
    layout.v2_controllers = parse_v2_controllers(controllers_of(layout.v2_root));
  return layout;
}

std::string to_string(LayoutKind kind) {
  switch (kind) {
    case LayoutKind::kV2:
      return "v2";
    case LayoutKind::kHybrid:
      return "hybrid";
    case LayoutKind::kNone:
      break;
  }
  return "none";
}

std::string to_string(Controller controller) { return name_of(controller).v2; }

std::string v1_name(Controller controller) { return name_of(controller).v1; }

}  // namespace podrun::cgroups
