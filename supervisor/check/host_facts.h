// What `podrun check` looks at on this machine. Gathering tries things for real and leaves nothing
// behind; judging is elsewhere (assess.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cgroups/layout.h"

namespace podrun::check {

/// The outcome of trying something: it worked, or why it failed.
struct Trial {
  int errno_value = 0;
  std::string text;  // the failure in full; empty where errno tells enough
  bool worked() const { return errno_value == 0 && text.empty(); }
};

struct HostFacts {
  std::string kernel_release, machine;
  bool root = false;
  std::map<std::string, bool> capabilities;  // effective: "CAP_SYS_ADMIN"
  std::map<std::string, Trial> namespaces;   // by unshare: "mnt", "pid", "net", …
  Trial root_mount;                          // / made a slave mount, in a mount namespace

  cgroups::Layout layout;
  Trial cgroup_made;        // a cgroup of our own, in every hierarchy
  Trial clone_into_cgroup;  // a child born in it
  bool cgroup_kill = false;
  bool cgroup_freeze = false;
  bool pressure = false;  // PSI: /proc/pressure

  std::string data_dir, data_file_system;  // "ext4", "overlay", …
  Trial overlay;                           // mounted on the data dir's file system
  Trial overlay_write;                     // a file made in it

  std::map<std::string, Trial> calls;  // system calls by name: "openat2", "fsopen", …
  Trial seccomp;

  std::string cni_folder;                // the first with plugins, else empty
  std::vector<std::string> cni_plugins;  // what is in it

  std::uint64_t open_files_soft = 0, open_files_hard = 0;
};

/// Needs some milliseconds: it forks a child per namespace kind, makes one cgroup and mounts one
/// overlay. `data_dir` need not exist.
HostFacts gather_facts(const std::string& data_dir);

}  // namespace podrun::check
