// Processes held by pidfd: a signal never reaches a stranger that got the same number.
#pragma once

#include <sys/types.h>

#include "base/fd.h"

namespace podrun {

/// How a process ended.
struct ExitStatus {
  int code = 0;    // exit code, when signal is 0
  int signal = 0;  // the signal that ended it, or 0
  /// 128 + signal for a death by signal, else the exit code (what a shell and Kubernetes show).
  int shell_code() const { return signal != 0 ? 128 + signal : code; }
  bool operator==(const ExitStatus&) const = default;
};

/// A child (or any process) by pid and pidfd. Destroying it neither kills nor reaps.
class Process {
 public:
  Process() = default;
  Process(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  /// pidfd_open(2) on a pid that cannot have been reused (an unreaped child).
  static Process open(pid_t pid);

  bool valid() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }
  /// pidfd_send_signal(2); false where the process is gone.
  bool signal(int number) const;
  /// Reaps a child that has ended; nothing while it runs. Throws for a process that is not a child.
  bool try_reap(ExitStatus& status) const;
  /// How a child ended that is still to be reaped; nothing while it runs. Reaping may take the
  /// kernel milliseconds.
  bool peek(ExitStatus& status) const;
  /// Blocks until the child ends.
  ExitStatus reap() const;

 private:
  pid_t pid_ = -1;
  Fd pidfd_;
};

}  // namespace podrun
