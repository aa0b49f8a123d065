#include "runtime/clone.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "runtime/child.h"
#include "runtime/raw.h"

namespace podrun::runtime {

namespace {

void fail(Plan& plan, std::uint32_t step, int error) {
  plan.step.store(step, std::memory_order_relaxed);
  plan.error = error;
  plan.failed.store(1, std::memory_order_release);
}

/// Writes `text` to /proc/PID/FILE.
int write_of_process(pid_t pid, const char* file, const char* text) {
  char digits[16];
  int start = sizeof digits;
  for (auto rest = static_cast<unsigned>(pid); rest != 0; rest /= 10)
    digits[--start] = static_cast<char>('0' + rest % 10);
  char path[64] = "/proc/";
  const std::size_t length = sizeof digits - static_cast<std::size_t>(start);
  ::memcpy(path + 6, digits + start, length);
  ::strcpy(path + 6 + length, file);
  const int fd = raw_int(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const long written = raw(SYS_write, fd, text, ::strlen(text));
  raw(SYS_close, fd);
  return written < 0 ? static_cast<int>(written) : 0;
}

void map_ids(Plan& plan, std::uint32_t index) {
  const Step& step = plan.steps[index];
  int result = index == plan.fault_step ? -EIO : write_of_process(plan.pid, "/uid_map", step.path);
  if (result == 0) result = write_of_process(plan.pid, "/gid_map", step.text);
  if (result < 0) fail(plan, index, -result);
  plan.maps_written.store(result < 0 ? 2 : 1, std::memory_order_release);
  raw(SYS_futex, &plan.maps_written, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

}  // namespace

long clone_process(std::uint64_t flags, int exit_signal, int cgroup_fd, int* pidfd) {
  clone_args arguments{};
  arguments.flags = flags | CLONE_CLEAR_SIGHAND;
  arguments.exit_signal = static_cast<std::uint64_t>(exit_signal);
  if (pidfd != nullptr) {
    arguments.flags |= CLONE_PIDFD;
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(pidfd);
  }
  if (cgroup_fd >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
  }
  return raw(SYS_clone3, &arguments, sizeof arguments);
}

void clone_from_plan(Plan& plan) {
  const bool hide = plan.hide && raw(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
  if (hide) raw(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  long pid = plan.fault_step == 0 ? -EIO : 0;
  if (pid == 0 && plan.pid_namespace_fd >= 0)
    pid = raw(SYS_setns, plan.pid_namespace_fd, CLONE_NEWPID);
  if (pid == 0) {
    pid = clone_process(plan.clone_flags, SIGCHLD, plan.cgroup_fd, &plan.pidfd);
    if (pid == 0) run_child(plan);
  }
  if (plan.pid_namespace_fd >= 0) raw(SYS_setns, plan.own_pid_namespace, CLONE_NEWPID);
  if (hide) raw(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  if (pid < 0) {
    fail(plan, 0, static_cast<int>(-pid));
    return;
  }
  plan.pid = static_cast<pid_t>(pid);
  if (plan.step_count > 1 && plan.steps[1].kind == StepKind::kMapIds) map_ids(plan, 1);
}

}  // namespace podrun::runtime
