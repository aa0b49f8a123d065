// A container as the OCI runtime specification describes it: the same structure and names, typed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cgroups/limits.h"

namespace podrun::runtime {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
  std::optional<mode_t> umask;
  std::vector<gid_t> additional_gids;
};

/// Capability sets by name ("CAP_CHOWN"). Ambient follows OCI: empty unless asked for.
struct Capabilities {
  std::vector<std::string> bounding, effective, inheritable, permitted, ambient;
};

struct Rlimit {
  std::string type;  // "RLIMIT_NOFILE"
  std::uint64_t soft = 0, hard = 0;
};

struct Process {
  std::vector<std::string> args;
  std::vector<std::string> env;  // "NAME=value"
  std::string cwd = "/";
  User user;
  Capabilities capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::optional<int> oom_score_adj;
  bool terminal = false;
};

struct Mount {
  std::string destination;  // absolute, inside the container
  std::string type;         // "proc", "tmpfs", "bind", …
  std::string source;
  std::vector<std::string> options;  // "ro", "nosuid", "rbind", "rprivate", "mode=755", …
  /// Instead of `source`: a detached mount (open_tree, fsmount) that is attached as it is; -1 for
  /// none. Not owned.
  int source_fd = -1;
};

enum class NamespaceType { kPid, kNetwork, kMount, kIpc, kUts, kUser, kCgroup };
struct Namespace {
  NamespaceType type;
  std::string path;  // empty: a new one; else a namespace file to join
};

struct IdMapping {
  std::uint32_t container_id = 0, host_id = 0, size = 0;
};

struct Device {
  std::string path;
  char type = 'c';
  std::int64_t major = 0, minor = 0;
  mode_t file_mode = 0666;
  uid_t uid = 0;
  gid_t gid = 0;
};

/// A compiled seccomp program: an array of struct sock_filter as bytes (see runtime/seccomp.h).
/// Empty: unconfined.
using SeccompProgram = std::string;

struct Linux {
  std::vector<Namespace> namespaces;
  std::vector<IdMapping> uid_mappings, gid_mappings;
  std::vector<Device> devices;
  std::string cgroups_path;
  cgroups::Limits resources;
  SeccompProgram seccomp;
  std::vector<std::string> masked_paths, readonly_paths;
  std::string rootfs_propagation = "private";
  std::map<std::string, std::string> sysctl;
};

struct Spec {
  Process process;
  bool root_readonly = false;
  std::string hostname;  // empty: left as the uts namespace has it
  std::vector<Mount> mounts;
  Linux linux_;
};

/// The default container as other engines make it: /proc, /dev, devpts, shm, mqueue, sysfs(ro),
/// cgroup(ro); the default devices; masked and read-only paths; the default capability set. The
/// caller adds process args, env and namespaces.
Spec default_spec();
/// All capability names that the running kernel knows.
std::vector<std::string> all_capabilities();
/// The 14 capabilities that docker gives (podman and containerd differ by a few: see docs).
std::vector<std::string> default_capabilities();

}  // namespace podrun::runtime
