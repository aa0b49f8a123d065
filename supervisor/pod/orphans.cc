#include "supervisor/pod/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "base/error.h"

namespace podrun::pod {

void adopt_orphans(bool wanted) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, wanted ? 1 : 0) != 0) throw_errno("become a subreaper");
}

void reap_orphans(Nanoseconds timeout) {
  sigset_t children;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &children, nullptr);
  const SystemClock clock;
  const Moment give_up = clock.now() + timeout;
  while (true) {
    const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
    if (pid > 0 || (pid < 0 && errno == EINTR)) continue;
    const Nanoseconds left = give_up - clock.now();
    if (pid < 0 || left <= Nanoseconds(0)) return;
    const timespec patience{std::chrono::floor<Seconds>(left).count(), (left % Seconds(1)).count()};
    ::sigtimedwait(&children, nullptr, &patience);
  }
}

}  // namespace podrun::pod
