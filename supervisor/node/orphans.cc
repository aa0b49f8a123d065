#include "supervisor/node/orphans.h"

#include <sys/wait.h>

#include "base/error.h"
#include "base/files.h"

namespace podrun::node {
namespace {

/// A zombie still tells its cgroup.
bool was_in_pod(pid_t pid, const std::string& uid) {
  try {
    return read_file("/proc/" + std::to_string(pid) + "/cgroup").find("/pod" + uid) !=
           std::string::npos;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

void reap_pod_orphans(const std::string& uid) {
  while (true) {
    siginfo_t info{};
    // A look only: the exit status of another child is not ours to take.
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    if (!was_in_pod(info.si_pid, uid)) return;
    ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

}  // namespace podrun::node
