#include "cli/pod_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

#include "base/error.h"

extern char** environ;  // NOLINT: POSIX's name

namespace podrun::cli {
namespace {

/// The descriptor's number in the supervisor.
constexpr int kControlFd = 3;

/// posix_spawn's two argument objects, freed together.
struct SpawnPlan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
};

void check(int result, const std::string& doing) {
  if (result != 0) throw Error(doing, result);
}

/// A process group of its own, no blocked or ignored signals, nothing on standard input.
void fill(SpawnPlan& plan, int control) {
  check(::posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0),
        "prepare standard input");
  check(::posix_spawn_file_actions_adddup2(&plan.actions, 2, 1), "prepare standard output");
  check(::posix_spawn_file_actions_adddup2(&plan.actions, control, kControlFd),
        "prepare the control descriptor");
  sigset_t none, defaults;
  ::sigemptyset(&none);
  ::sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) {
    ::sigaddset(&defaults, number);
  }
  check(::posix_spawnattr_setsigmask(&plan.attributes, &none), "prepare the signal mask");
  check(::posix_spawnattr_setsigdefault(&plan.attributes, &defaults), "prepare signals");
  check(::posix_spawnattr_setpgroup(&plan.attributes, 0), "prepare the process group");
  check(
      ::posix_spawnattr_setflags(
          &plan.attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
      "prepare the process");
}

}  // namespace

std::string find_program(const std::string& name) {
  std::array<char, PATH_MAX> self{};
  const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
  if (size <= 0) return name;
  const std::string path(self.data(), static_cast<std::size_t>(size));
  const std::string folder = path.substr(0, path.rfind('/'));
  for (const std::string& place : {folder, folder + "/../libexec/podrun"}) {
    const std::string candidate = place + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return name;
}

PodProcess PodProcess::start(const PodStart& start) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("make the control socket of pod " + start.uid);
  }
  PodProcess pod;
  pod.control_ = Fd(ends[0]);
  // dup2 onto itself would leave close-on-exec set: keep the child's end above the target.
  Fd theirs(ends[1]);
  if (theirs.get() <= kControlFd) {
    theirs = Fd(::fcntl(theirs.get(), F_DUPFD_CLOEXEC, kControlFd + 1));
  }
  std::vector<std::string> words{
      "podrun-pod",        "--data-dir",   start.roots.data_dir,      "--run-dir",
      start.roots.run_dir, "--log-dir",    start.roots.log_dir,       "--uid",
      start.uid,           "--control-fd", std::to_string(kControlFd)};
  if (start.allow_no_limits) words.emplace_back("--allow-no-limits");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  SpawnPlan plan;
  fill(plan, theirs.get());
  pid_t pid = -1;
  const int result = ::posix_spawnp(&pid, start.program.c_str(), &plan.actions, &plan.attributes,
                                    argv.data(), environ);
  if (result != 0) {
    throw Error("start " + start.program, result,
                "podrun-pod belongs beside podrun: is the installation complete?");
  }
  pod.process_ = Process::open(pid);
  return pod;
}

void PodProcess::send(char order) {
  if (::send(control_.get(), &order, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return;
  if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) {
    throw_errno("write to podrun-pod's control socket");
  }
}

}  // namespace podrun::cli
