// What a pod supervisor that died leaves behind, and how it is removed: processes (through the
// pod's cgroup), cgroups, writable layers, the pod's folders. Not the way a pod ends normally.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "cgroups/layout.h"
#include "supervisor/pod/paths.h"

namespace podrun::pod {

/// supervisor.json (docs/run-dir.md).
struct SupervisorRecord {
  pid_t pid = 0;
  std::uint64_t start_time = 0;  // field 22 of /proc/PID/stat: tells a reused pid
  std::string cgroup;
};
/// <run-dir>/pods/<uid>, where the manifest is not known yet.
std::string pod_folder(const Roots& roots, const std::string& uid);
/// Nothing where the file is not there (yet) or is damaged.
std::optional<SupervisorRecord> read_supervisor_record(const std::string& pod_folder);
bool is_alive(const SupervisorRecord& record);

/// Whose a pod's folder is. The daemon's are cleaned up by nobody else, for it has still to read
/// how the pod ended.
enum class PodOwner { kRun, kDaemon };

/// Held by who started a pod while it needs the pod's folder (flock, which a death gives back): no
/// one else cleans the pod up meanwhile.
class PodFolderLock {
 public:
  PodFolderLock() = default;
  /// Makes the folder of a new pod, locked from its first moment on. Throws BadInput where a pod
  /// with this uid is there already.
  static PodFolderLock create(const Roots& roots, const std::string& uid,
                              PodOwner owner = PodOwner::kRun);
  /// Locks an existing folder; an invalid lock where someone holds it or it is gone.
  static PodFolderLock try_lock(const std::string& pod_folder);
  bool valid() const { return fd_.valid(); }
  /// For a supervisor that is to hold the lock itself: it is held until all copies are closed.
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

bool is_daemons(const std::string& pod_folder);
/// The uids of all pods below the run dir, sorted.
std::vector<std::string> pods_in(const Roots& roots);

/// What clean-up found of one pod.
struct CleanedPod {
  std::string uid, namespace_, name;
  bool was_running = false;           // processes were left, and killed
  std::vector<std::string> problems;  // what could not be removed, and why
};

/// Kills what runs in the pod's cgroup (named by supervisor.json) and removes the cgroup.
CleanedPod kill_pod_processes(const Roots& roots, const cgroups::Layout& layout,
                              const std::string& uid);

/// Ends and removes everything of one pod whose supervisor is dead: for who held the pod's
/// supervisor as a child. Problems are collected, not thrown: it goes as far as it can.
CleanedPod clean_up_pod(const Roots& roots, const cgroups::Layout& layout, const std::string& uid,
                        bool keep_logs);

/// Removes what a daemon's death left of a folder that was just being made or removed. For the
/// daemon of these roots, before it makes pods.
void remove_half_made(const Roots& roots);

/// The same for each pod below the run dir whose supervisor is dead, that nobody holds and that is
/// not the daemon's, and for writable layers that no process holds. Cheap where there is nothing to
/// do: one readdir.
std::vector<CleanedPod> clean_up_dead_pods(const Roots& roots);

}  // namespace podrun::pod
