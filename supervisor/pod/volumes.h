// The pod's volumes on this machine: made once for the pod, mounted into each container by
// descriptor.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "runtime/spec.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/config_data.h"
#include "supervisor/pod/downward.h"
#include "supervisor/pod/paths.h"

namespace podrun::pod {

/// Mounts for one container: the specification of each, and the detached mounts that they refer to
/// by number.
struct ContainerMounts {
  std::vector<runtime::Mount> mounts;
  std::vector<Fd> held;
};

/// Makes the volumes of a pod. The supervisor lives in a mount namespace of its own, so that what
/// is mounted here (tmpfs for `medium: Memory`, /dev/shm) is seen nowhere else and goes with it.
class Volumes {
 public:
  Volumes(const manifest::Pod& pod, const PodPaths& paths, const NodeFacts& node);
  Volumes(const Volumes&) = delete;
  Volumes& operator=(const Volumes&) = delete;
  ~Volumes();  // unmounts; the folders stay

  /// Makes emptyDirs (owned by the pod's fsGroup), checks hostPaths, writes the managed files and
  /// the volumes that consist of files.
  /// Throws Error with kubelet's text
  /// ("hostPath type check failed: /x is not a directory"); may be called again after a failure.
  void set_up();
  /// Writes the files of such volumes anew from what the daemon says by now. What a volume cannot
  /// be made of stays as it was, and is told in the texts that come back.
  [[gnu::cold]] std::vector<std::string> refresh();
  /// The mounts of `container`: its volumeMounts, /dev/shm, /etc/hosts, /etc/hostname,
  /// /etc/resolv.conf and the termination message file `termination_log` (a host path). `env` is
  /// what subPathExpr sees. Throws Error for a subPath that leads out of its volume.
  ContainerMounts mounts_for(const manifest::Container& container,
                             const std::string& termination_log,
                             const std::vector<std::string>& env) const;

 private:
  void set_up_volume(const manifest::Volume& volume, const ConfigData& config);
  std::string write_files(const manifest::Volume& volume, const ConfigData& config);
  ConfigData config() const;
  bool is_read_only(const std::string& volume) const;
  void mount_tmpfs(const std::string& target, const std::string& options);
  void write_managed_files() const;
  std::string source_of(const std::string& volume) const;

  const manifest::Pod& pod_;
  const PodPaths& paths_;
  const NodeFacts& node_;
  std::map<std::string, std::string> sources_;  // volume name to host path
  std::vector<std::string> mounted_;
  bool managed_ready_ = false;  // /dev/shm, /etc/hosts and so on
};

/// Unshares the mount namespace of the (single-threaded) caller; host mounts go on propagating in,
/// none goes out.
void enter_mount_sandbox();

}  // namespace podrun::pod
