// One podrun-pod as a child of this process, and the byte protocol of its control descriptor.
#pragma once

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/pidfd.h"
#include "supervisor/pod/paths.h"
#include "supervisor/pod/spawn.h"

namespace podrun::cli {

using pod::find_program;

struct PodStart {
  std::string program;  // find_program("podrun-pod")
  pod::Roots roots;
  std::string uid;
  bool allow_no_limits = false;
};

/// A running supervisor. Destroying it closes the control descriptor: a supervisor that still runs
/// then ends its pod gracefully.
class PodProcess {
 public:
  /// See spawn_supervisor().
  static PodProcess start(const PodStart& start);

  const Process& process() const { return process_; }
  /// End the pod within its grace period. A supervisor that is gone is no error.
  void terminate() { send('T'); }
  /// Kill the pod's containers at once.
  void kill() { send('K'); }
  /// SIGKILL to the supervisor itself, where it does not listen any more.
  void kill_supervisor() { process_.signal(9); }

 private:
  void send(char order);
  Process process_;
  Fd control_;
};

}  // namespace podrun::cli
