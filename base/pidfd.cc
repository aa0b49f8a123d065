#include "base/pidfd.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/error.h"

namespace podrun {

Process Process::open(pid_t pid) {
  Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!fd) throw_errno("open a pidfd of process " + std::to_string(pid));
  return Process(pid, std::move(fd));
}

bool Process::signal(int number) const {
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  throw_errno("send signal " + std::to_string(number) + " to process " + std::to_string(pid_));
}

namespace {

bool wait_on(int pidfd, pid_t pid, int flags, ExitStatus& status) {
  siginfo_t info{};
  int result = -1;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | flags);
  } while (result != 0 && errno == EINTR);
  if (result != 0) throw_errno("wait for process " + std::to_string(pid));
  if (info.si_pid == 0) return false;
  status =
      info.si_code == CLD_EXITED ? ExitStatus{info.si_status, 0} : ExitStatus{0, info.si_status};
  return true;
}

}  // namespace

bool Process::try_reap(ExitStatus& status) const {
  return wait_on(pidfd_.get(), pid_, WNOHANG, status);
}

bool Process::peek(ExitStatus& status) const {
  return wait_on(pidfd_.get(), pid_, WNOHANG | WNOWAIT, status);
}

ExitStatus Process::reap() const {
  ExitStatus status;
  wait_on(pidfd_.get(), pid_, 0, status);
  return status;
}

}  // namespace podrun
