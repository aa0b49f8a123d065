#include "tests/bench/floor.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vector>

#include "base/error.h"
#include "base/fd.h"

namespace podrun::bench {

namespace {

std::vector<std::string> cgroup_folders(FloorCgroup kind) {
  const std::string name = "/podrun-floor-" + std::to_string(::getpid());
  const std::string root = "/sys/fs/cgroup";
  switch (kind) {
    case FloorCgroup::kNone:
      return {};
    case FloorCgroup::kV1:
      return {root + "/memory" + name, root + "/cpu" + name, root + "/pids" + name,
              root + "/devices" + name};
    case FloorCgroup::kV2:
      break;
  }
  const bool hybrid = ::access((root + "/unified").c_str(), F_OK) == 0;
  return {root + (hybrid ? "/unified" : "") + name};
}

void move_into(const std::string& folder, pid_t pid) {
  const Fd file = open_path(folder + "/cgroup.procs", O_WRONLY);
  const std::string text = std::to_string(pid);
  if (::write(file.get(), text.data(), text.size()) < 0) throw_errno("enter " + folder);
}

/// `go`: end of file once it is where it belongs.
[[noreturn]] void child(const FloorOptions& options, int go) {
  ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  ::mount(options.rootfs.c_str(), options.rootfs.c_str(), nullptr, MS_BIND | MS_REC, nullptr);
  if (::chdir(options.rootfs.c_str()) != 0) ::_exit(8);
  ::mount("proc", "proc", "proc", 0, nullptr);
  ::mount("tmpfs", "dev", "tmpfs", 0, "mode=755");
  for (const char* folder : {"dev/pts", "dev/shm", "dev/mqueue"}) ::mkdir(folder, 0755);
  ::mount("devpts", "dev/pts", "devpts", 0, "newinstance,ptmxmode=0666");
  ::mount("shm", "dev/shm", "tmpfs", 0, nullptr);
  ::mount("mqueue", "dev/mqueue", "mqueue", 0, nullptr);
  if (options.net) ::mount("sysfs", "sys", "sysfs", MS_RDONLY, nullptr);
  ::mknod("dev/null", S_IFCHR | 0666, makedev(1, 3));
  ::mknod("dev/zero", S_IFCHR | 0666, makedev(1, 5));
  if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0 ||
      ::chdir("/") != 0)
    ::_exit(8);
  char byte;
  if (go >= 0 && ::read(go, &byte, 1) != 0) ::_exit(8);
  const char* arguments[] = {"/bin/stamp", options.mode, options.file, nullptr};
  char* environment[] = {nullptr};
  ::execve(arguments[0], const_cast<char**>(arguments), environment);
  ::_exit(9);
}

}  // namespace

long now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000L + time.tv_nsec;
}

void run_floor(const FloorOptions& options) {
  const std::vector<std::string> folders = cgroup_folders(options.cgroup);
  for (const std::string& folder : folders) {
    if (::mkdir(folder.c_str(), 0755) != 0) throw_errno("mkdir " + folder);
  }
  const bool moves = options.cgroup == FloorCgroup::kV1;
  Pipe go;
  if (moves) go = make_pipe();
  clone_args arguments{};
  arguments.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  if (options.net) arguments.flags |= CLONE_NEWNET;
  arguments.exit_signal = SIGCHLD;
  Fd group;
  if (options.cgroup == FloorCgroup::kV2) {
    group = open_path(folders.front(), O_PATH | O_DIRECTORY);
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<std::uint64_t>(group.get());
  }
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
  if (pid < 0) throw_errno("clone the floor's child");
  if (pid == 0) {
    if (moves) go.write.reset();
    child(options, go.read.get());
  }
  if (moves) {
    for (const std::string& folder : folders) move_into(folder, pid);
    go.write.reset();
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  for (const std::string& folder : folders) ::rmdir(folder.c_str());
  const bool crashed = std::string(options.mode) == "crash";
  if (!WIFEXITED(status) || (WEXITSTATUS(status) != 0 && !crashed))
    throw Error("the floor's child ended with status " + std::to_string(status));
}

}  // namespace podrun::bench
