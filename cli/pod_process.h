// One podrun-pod as a child of this process, and the byte protocol of its control descriptor.
#pragma once

#include <optional>
#include <string>

#include "base/fd.h"
#include "base/pidfd.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/paths.h"
#include "supervisor/pod/spawn.h"

namespace podrun::cli {

using pod::find_program;

struct PodStart {
  std::string program;  // find_program("podrun-pod")
  pod::Roots roots;
  std::string uid;
  bool allow_no_limits = false;
  bool await_start = false;  // it begins with go()
};

/// A running supervisor. Destroying it closes the control descriptor: a supervisor that still runs
/// then ends its pod gracefully.
class PodProcess {
 public:
  /// See spawn_supervisor().
  static PodProcess start(const PodStart& start);

  const Process& process() const { return process_; }
  /// For one that awaits it: pod.json, which holds `spec`, is there. Makes then for the supervisor
  /// what takes the kernel long (supervisor/pod/starter.h).
  void go(const manifest::PodSpec& spec);
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

/// A supervisor that is started before the manifests are read: it loads, and makes what every pod
/// needs, meanwhile. One that is not taken is gone when this is destroyed.
class EarlyPod {
 public:
  explicit EarlyPod(const PodStart& start);
  EarlyPod(const EarlyPod&) = delete;
  EarlyPod& operator=(const EarlyPod&) = delete;
  ~EarlyPod();

  /// Of the pod that it is for.
  const std::string& uid() const { return start_.uid; }
  /// The supervisor of `pod`, whose pod.json is there: this one, or another started alike.
  PodProcess supervise(const manifest::Pod& pod);

 private:
  PodStart start_;
  std::optional<PodProcess> process_;
};

}  // namespace podrun::cli
