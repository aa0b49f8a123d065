#include "supervisor/pod/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <climits>

#include "base/error.h"
#include "base/fd.h"

extern char** environ;  // NOLINT: POSIX's name

namespace podrun::pod {
namespace {

/// The first descriptor's number in the supervisor; the others follow.
constexpr int kFirstFd = 3;

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

void plan_streams(SpawnPlan& plan, const std::string& log) {
  check(::posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0),
        "prepare standard input");
  if (!log.empty()) {
    check(::posix_spawn_file_actions_addopen(&plan.actions, 2, log.c_str(),
                                             O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600),
          "prepare standard error");
  }
  check(::posix_spawn_file_actions_adddup2(&plan.actions, 2, 1), "prepare standard output");
}

/// dup2 onto itself would leave close-on-exec set, and one target may be another's source: copies
/// above all targets have neither problem.
std::vector<Fd> plan_descriptors(SpawnPlan& plan, const std::vector<GivenFd>& fds) {
  std::vector<Fd> copies;
  const int above = kFirstFd + static_cast<int>(fds.size());
  int target = kFirstFd;
  for (const GivenFd& given : fds) {
    Fd& copy = copies.emplace_back(::fcntl(given.fd, F_DUPFD_CLOEXEC, above));
    if (!copy) throw_errno("prepare descriptor " + given.flag);
    check(::posix_spawn_file_actions_adddup2(&plan.actions, copy.get(), target++),
          "prepare descriptor " + given.flag);
  }
  return copies;
}

void plan_process(SpawnPlan& plan, bool own_session) {
  sigset_t none, defaults;
  ::sigemptyset(&none);
  ::sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT, SIGCHLD}) {
    ::sigaddset(&defaults, number);
  }
  check(::posix_spawnattr_setsigmask(&plan.attributes, &none), "prepare the signal mask");
  check(::posix_spawnattr_setsigdefault(&plan.attributes, &defaults), "prepare signals");
  check(::posix_spawnattr_setpgroup(&plan.attributes, 0), "prepare the process group");
  const int group = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
  check(::posix_spawnattr_setflags(
            &plan.attributes,
            static_cast<short>(group | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)),
        "prepare the process");
}

std::vector<std::string> command_line(const SupervisorStart& start) {
  std::vector<std::string> words{"podrun-pod",
                                 "--data-dir",
                                 start.roots.data_dir,
                                 "--run-dir",
                                 start.roots.run_dir,
                                 "--log-dir",
                                 start.roots.log_dir,
                                 "--uid",
                                 start.uid};
  int number = kFirstFd;
  for (const GivenFd& given : start.fds) {
    words.push_back(given.flag);
    words.push_back(std::to_string(number++));
  }
  if (!start.place.name.empty()) {
    words.insert(words.end(), {"--node-name", start.place.name, "--node-cgroup", start.place.cgroup,
                               "--node-cpus", std::to_string(start.place.cpus), "--node-memory",
                               std::to_string(start.place.memory_bytes)});
  }
  if (start.allow_no_limits) words.emplace_back("--allow-no-limits");
  if (start.await_start) words.emplace_back("--await-start");
  return words;
}

}  // namespace

std::string find_program(const std::string& name) {
  std::array<char, PATH_MAX> self{};
  const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size() - 1);
  if (size <= 0) return name;
  const std::string path(self.data(), static_cast<std::size_t>(size));
  const std::string folder = path.substr(0, path.rfind('/'));
  for (const std::string& place : {folder, folder + "/../libexec/podrun"}) {
    std::string candidate = place + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  // While podrun is replaced, it is not there for a moment: what is kept must hold afterwards.
  return folder + "/" + name;
}

namespace {

/// What both kinds of start come to.
struct Start {
  const std::string& program;
  std::vector<std::string> words;
  std::vector<GivenFd> fds;
  const std::string& log;
  bool own_session;
};

Process spawn(Start start) {
  std::vector<std::string>& words = start.words;
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  SpawnPlan plan;
  plan_streams(plan, start.log);
  const std::vector<Fd> copies = plan_descriptors(plan, start.fds);
  plan_process(plan, start.own_session);
  pid_t pid = -1;
  const int result = ::posix_spawnp(&pid, start.program.c_str(), &plan.actions, &plan.attributes,
                                    argv.data(), environ);
  if (result != 0) {
    throw Error("start " + start.program, result,
                start.words.front() + " belongs beside podrun: is the installation complete?");
  }
  return Process::open(pid);
}

}  // namespace

Process spawn_supervisor(const SupervisorStart& start) {
  return spawn({start.program, command_line(start), start.fds, start.log, start.own_session});
}

Process spawn_detached(const DetachedStart& start) {
  return spawn({start.program, start.words, {}, start.log, true});
}

}  // namespace podrun::pod
