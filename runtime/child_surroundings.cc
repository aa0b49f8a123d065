// What the process finds when it wakes up: namespaces, files of /proc, descriptors, folder,
// signals.
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/futex.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime/child.h"
#include "runtime/raw.h"

namespace podrun::runtime {

int step_enter_cgroup(const Step& step) {
  const long written = raw(SYS_write, step.fd, "0", 1);
  return written < 0 ? static_cast<int>(written) : 0;
}

int step_park(ChildState& state) {
  state.plan.parked.store(1, std::memory_order_release);
  raw(SYS_write, kReportAfterClose, "p", 1);
  while (state.plan.released.load(std::memory_order_acquire) == 0)
    raw(SYS_futex, &state.plan.released, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  return 0;
}

int step_await_maps(ChildState& state) {
  while (true) {
    const std::uint32_t word = state.plan.maps_written.load(std::memory_order_acquire);
    if (word == 1) break;
    if (word != 0) raw(SYS_exit_group, 1);  // the parent has recorded why
    raw(SYS_futex, &state.plan.maps_written, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }
  int result = raw_int(SYS_setresgid, 0, 0, 0);
  if (result == 0) result = raw_int(SYS_setresuid, 0, 0, 0);
  return result;
}

int step_join(const Step& step) { return raw_int(SYS_setns, step.fd, step.a); }

int step_write_file(ChildState& state, const Step& step) {
  const bool cut = step.kind == StepKind::kOomScore;
  const int fd = raw_int(SYS_openat, AT_FDCWD, step.path, O_WRONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  const std::size_t length = ::strlen(step.text);
  const long written = raw(SYS_write, fd, step.text, length);
  raw(SYS_close, fd);
  if (cut && (written == -EACCES || written == -EPERM)) {
    cut_short(state, static_cast<int>(-written));  // lowering it needs CAP_SYS_RESOURCE
    return 0;
  }
  return written < 0 ? static_cast<int>(written) : 0;
}

namespace {

int send_descriptor(int socket, int fd) {
  char byte = 't';
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  ::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  const long sent = raw(SYS_sendmsg, socket, &message, MSG_NOSIGNAL);
  return sent < 0 ? static_cast<int>(sent) : 0;
}

int put_at(int fd, int number) {
  if (fd == number) return raw_int(SYS_fcntl, fd, F_SETFD, 0);
  const int result = raw_int(SYS_dup3, fd, number, 0);
  return result < 0 ? result : 0;
}

}  // namespace

namespace {

/// The terminal's file as /dev/console.
int mount_console(int terminal) {
  const int target = open_or_make_inside(AT_FDCWD, "/dev/console", false);
  if (target < 0) return target;
  const int copy =
      raw_int(SYS_open_tree, terminal, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (copy < 0) return copy;
  return raw_int(SYS_move_mount, copy, "", target, "",
                 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int open_multiplexer() {
  const int fd =
      raw_int(SYS_openat, AT_FDCWD, "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  struct stat info;
  const int looked = raw_int(SYS_newfstatat, fd, "", &info, AT_EMPTY_PATH);
  if (looked < 0) return looked;
  constexpr unsigned kMajor = 5, kMinor = 2;  // admin-guide/devices.txt
  return S_ISCHR(info.st_mode) && info.st_rdev == makedev(kMajor, kMinor) ? fd : -ENODEV;
}

}  // namespace

int step_terminal(const Step& step) {
  const int master = open_multiplexer();
  if (master < 0) return master;
  int unlocked = 0;
  int result = raw_int(SYS_ioctl, master, TIOCSPTLCK, &unlocked);
  if (result < 0) return result;
  const int terminal = raw_int(SYS_ioctl, master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return terminal;
  result = raw_int(SYS_fchown, terminal, step.b, static_cast<gid_t>(-1));
  if (result == 0 && step.a != 0) result = mount_console(terminal);
  if (result == 0) result = send_descriptor(step.fd, master);
  if (result == 0) result = raw_int(SYS_ioctl, terminal, TIOCSCTTY, 0);
  for (int i = 0; i < 3 && result == 0; ++i) result = put_at(terminal, i);
  return result;
}

int step_stdio(const Step& step) {
  const int* given = static_cast<const int*>(step.data);
  int fds[3];
  for (int i = 0; i < 3; ++i) {
    fds[i] = given[i];
    if (fds[i] < 3 && fds[i] != i) {  // out of the way of the others
      fds[i] = raw_int(SYS_fcntl, given[i], F_DUPFD_CLOEXEC, 3);
      if (fds[i] < 0) return fds[i];
    }
  }
  for (int i = 0; i < 3; ++i) {
    const int result = put_at(fds[i], i);
    if (result < 0) return result;
    // So that the user may open /dev/stdout again; not possible for every file, and no harm.
    if ((step.a >> i & 1) != 0) raw(SYS_fchown, i, step.b, static_cast<gid_t>(-1));
  }
  return 0;
}

int step_working_folder(ChildState& state, const Step& step) {
  const bool user_changed = step.a != 0;
  if (user_changed && !state.working_folder_failed) return 0;
  // No magic links: /proc/self/fd/N must not lead back to the host (CVE-2024-21626).
  const int fd = user_changed ? open_inside(AT_FDCWD, step.path, O_PATH | O_DIRECTORY)
                              : open_or_make_inside(AT_FDCWD, step.path, true);
  int result = fd < 0 ? fd : raw_int(SYS_fchdir, fd);
  if (result < 0 && !user_changed && (result == -EACCES || result == -EPERM)) {
    state.working_folder_failed = true;  // perhaps the user may enter what we may not
    result = 0;
  }
  return result;
}

int step_signals(const Step& step) {
  // As the kernel's struct sigaction: handler, flags, restorer, mask; all zero is SIG_DFL.
  const unsigned long default_action[8] = {};
  const std::uint64_t none = 0;
  for (int number = 1; number <= 64; ++number)
    if ((step.a >> (number - 1) & 1) != 0)
      raw(SYS_rt_sigaction, number, default_action, nullptr, sizeof none);
  return raw_int(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof none);
}

int step_close_fds(ChildState& state, const Step& step) {
  // Out of the way first: either may stand where the other belongs.
  const int report = raw_int(SYS_fcntl, state.plan.report_fd, F_DUPFD_CLOEXEC, kFirstToClose);
  if (report < 0) return report;
  const int supervisor = raw_int(SYS_fcntl, step.fd, F_DUPFD_CLOEXEC, kFirstToClose);
  if (supervisor < 0) return supervisor;
  int result = raw_int(SYS_dup3, report, kReportAfterClose, O_CLOEXEC);
  if (result >= 0) result = raw_int(SYS_dup3, supervisor, kSupervisorAfterClose, O_CLOEXEC);
  if (result < 0) return result;
  // Closed for good, not marked close-on-exec: until execve a path like /proc/self/fd/9 would still
  // lead to the host.
  return raw_int(SYS_close_range, kFirstToClose, ~0u, 0);
}

int step_exec(const Step& step) {
  const auto& exec = *static_cast<const ExecPlan*>(step.data);
  int error = -ENOENT;
  for (const char* const* path = exec.candidates; *path != nullptr; ++path) {
    // /proc/self/exe and its like would run a file of the host: refuse to go through magic links.
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_NO_MAGICLINKS;
    const int fd = raw_int(SYS_openat2, AT_FDCWD, *path, &how, sizeof how);
    int result = fd < 0 ? fd : 0;
    if (fd >= 0) {
      raw(SYS_close, fd);
      result = raw_int(SYS_execve, *path, exec.argv, exec.envp);
    }
    if (result == -EACCES || error == -ENOENT) error = result;
    if (result != -ENOENT && result != -ENOTDIR && result != -EACCES) return result;
  }
  return error;
}

}  // namespace podrun::runtime
