// One pod's supervisor as this process holds it: started or adopted, watched by pidfd, ordered
// through its control socket. It does not end with this object.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/pidfd.h"
#include "supervisor/node/reactor.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/node_place.h"
#include "supervisor/pod/paths.h"

namespace podrun::node {

/// What finding a supervisor came to.
enum class Found { kNone, kUnclear, kRunning, kOver };

/// Where supervisors are started.
struct SupervisorHome {
  pod::Roots roots;
  pod::NodePlace place;
  std::string program;  // podrun-pod
  bool allow_no_limits = false;
};

class SupervisorHandle {
 public:
  SupervisorHandle() = default;
  /// Of a program of another kind, which has no control socket.
  explicit SupervisorHandle(Process process) : process_(std::move(process)) {}

  /// Starts one in the pod's folder, which holds pod.json; `lock` is the folder's and goes over to
  /// the supervisor, which holds it as long as it lives.
  static SupervisorHandle start(const SupervisorHome& home, const std::string& uid,
                                pod::PodFolderLock lock);
  /// Looks for a living one that another process started; its handle where it is kRunning.
  static std::pair<Found, SupervisorHandle> find(const std::string& pod_folder);

  bool valid() const { return process_.valid(); }
  pid_t pid() const { return process_.pid(); }
  /// `ended` is called when the process has ended, until reap().
  void watch(Reactor& reactor, Reactor::Callback ended);
  /// After its end: takes the exit status where it is a child of this process.
  std::optional<ExitStatus> reap();

  /// False where the supervisor does not take orders now (its backlog is full, it is gone).
  bool terminate(Seconds grace) { return order("terminate " + std::to_string(grace.count())); }
  bool kill_pod() { return order("kill"); }
  bool refresh_volumes() { return order("refresh"); }
  bool resize() { return order("resize"); }
  void kill_supervisor() { process_.signal(9); }

 private:
  bool order(const std::string& packet) const;

  std::string folder_;
  Process process_;
  Reactor::Watch exit_watch_;
};

}  // namespace podrun::node
