#include "tests/system/cgroup_child.h"

#include <linux/sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"

namespace podrun::test {

namespace {

// Exit code of a child that could not enter its cgroup.
constexpr int kNotEntered = 125;

bool enter(const std::vector<cgroups::V1Entrance>& entrances) {
  for (const cgroups::V1Entrance& entrance : entrances)
    if (::write(entrance.tasks.get(), "0", 1) != 1) return false;
  return true;
}

}  // namespace

CgroupChild::CgroupChild(const cgroups::Cgroup& cgroup, const std::function<int()>& body) {
  const auto entrances = cgroup.open_v1_entrances();
  int pidfd = -1;
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(cgroup.v2_fd());
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid < 0) throw_errno("clone a child into " + cgroup.path());
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(enter(entrances) ? body() : kNotEntered);
  }
  process_ = Process(pid, Fd(pidfd));
}

CgroupChild::~CgroupChild() {
  if (!process_.valid() || reaped_) return;
  process_.signal(SIGKILL);
  process_.reap();
}

ExitStatus CgroupChild::reap() {
  reaped_ = true;
  return process_.reap();
}

int spin() {
  while (true) asm volatile("");
}

int idle() {
  while (true) ::pause();
}

}  // namespace podrun::test
