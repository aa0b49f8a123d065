// One podrun-pod as a child of this process, and the byte protocol of its control descriptor.
#pragma once

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/pidfd.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::cli {

/// A program that belongs to podrun: beside podrun's own binary, else in
/// <prefix>/libexec/podrun, else its bare name (found in PATH).
std::string find_program(const std::string& name);

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
  /// Spawns the supervisor in a process group of its own, so that a terminal's Ctrl-C reaches only
  /// podrun. The pod's folder with pod.json must be there.
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
