// `podrun daemon` under test, in the folders of a PodHome.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_client.h"
#include "tests/support/pod_run.h"

namespace podrun::test {

/// A daemon in the background. What it says is appended to <home>/daemon.log.
class DaemonRun {
 public:
  /// `more` are further flags; `launcher`: the words of a program that becomes the daemon.
  explicit DaemonRun(PodHome& home, const std::vector<std::string>& more = {},
                     const std::vector<std::string>& launcher = {});
  ~DaemonRun();  // as kill(): its pods go on
  DaemonRun(const DaemonRun&) = delete;
  DaemonRun& operator=(const DaemonRun&) = delete;

  static std::string socket_in(const PodHome& home) { return home.run() + "/podrun.sock"; }
  static std::string output_in(const PodHome& home);

  pid_t pid() const { return pid_; }
  /// False where it ended instead. A hang fails, too.
  bool wait_ready();
  bool ended();
  /// SIGKILL, and waits.
  void kill();
  /// SIGTERM, and waits; returns the exit code.
  int stop();
  /// Waits for its own end; returns the exit code (128 + signal).
  int wait();

 private:
  PodHome& home_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

}  // namespace podrun::test
