#include "runtime/cradle.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/clone.h"
#include "runtime/raw.h"

namespace podrun::runtime {

namespace {

constexpr int kMaxEntrances = 16;

struct CradlePlan {
  CradleReport* report;
  int command;
  int supervisor_pidfd;
  int entrances[kMaxEntrances];
  int entrance_count;
};

[[noreturn]] void leave() {
  while (true) raw(SYS_exit_group, 0);
}

bool is_readable(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, 0) > 0;
}

/// Moves itself in. Each move waits for an RCU grace period: this is why it is done here, while
/// nobody waits.
void enter(const CradlePlan& plan) {
  for (int i = 0; i < plan.entrance_count; ++i) {
    const long written = raw(SYS_write, plan.entrances[i], "0", 1);
    if (written == 1) continue;
    plan.report->entrance = static_cast<std::uint32_t>(i);
    plan.report->error = static_cast<int>(-written);
    plan.report->stage.store(CradleReport::kFailed, std::memory_order_release);
    leave();
  }
  plan.report->stage.store(CradleReport::kReady, std::memory_order_release);
}

void deliver(Plan& plan) {
  Phase expected = Phase::kRequested;
  if (!plan.phase.compare_exchange_strong(expected, Phase::kTaken)) return;  // cancelled
  const int report = plan.report_fd;
  clone_from_plan(plan, true);
  raw(SYS_write, report, "b", 1);
}

/// Everything that it ever does. It shares the supervisor's descriptors, so it closes none.
[[noreturn]] void live_in_cradle(const CradlePlan& plan) {
  const std::uint64_t all = ~std::uint64_t{0};
  // A Ctrl-C or a supervisor's own signals are not for it; children set their mask themselves.
  raw(SYS_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof all);
  raw(SYS_setsid);
  raw(SYS_prctl, PR_SET_NAME, "podrun-cradle", 0, 0, 0);
  raw(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
  raw(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (is_readable(plan.supervisor_pidfd)) leave();
  enter(plan);
  while (true) {
    Plan* requested = nullptr;
    const long size = raw(SYS_read, plan.command, &requested, sizeof requested);
    if (size == -EINTR) continue;
    if (size != sizeof requested) leave();
    deliver(*requested);
    plan.report->consumed.fetch_add(1, std::memory_order_release);
  }
}

/// A shared descriptor table that grows waits for an RCU grace period, with everybody who opens a
/// file: let it grow while it is not yet shared.
void grow_descriptor_table() {
  constexpr int kRoom = 500;
  const int high = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kRoom);
  if (high >= 0) ::close(high);
}

}  // namespace

Cradle::Cradle(std::shared_ptr<Arena> arena, std::vector<Fd> entrances,
               std::vector<std::string> names, int supervisor_pidfd)
    : arena_(std::move(arena)), entrances_(std::move(entrances)), names_(std::move(names)) {
  report_ = arena_->make<CradleReport>();
  arena_->keep();
  if (entrances_.size() > kMaxEntrances) throw Error("make a cradle: too many cgroup hierarchies");
  grow_descriptor_table();
  command_ = make_pipe();
  CradlePlan plan{report_, command_.read.get(), supervisor_pidfd, {}, 0};
  for (const Fd& entrance : entrances_) plan.entrances[plan.entrance_count++] = entrance.get();
  int pidfd = -1;
  const long pid = clone_process(CLONE_FILES, SIGCHLD, -1, &pidfd);
  if (pid == 0) live_in_cradle(plan);
  if (pid < 0) throw Error("clone a cradle", static_cast<int>(-pid));
  process_ = podrun::Process(static_cast<pid_t>(pid), Fd(pidfd));
}

Cradle::~Cradle() {
  constexpr int kPatienceMs = 1000;
  process_.signal(SIGKILL);
  pollfd one{process_.pidfd(), POLLIN, 0};
  int ready = -1;
  do {
    ready = ::poll(&one, 1, kPatienceMs);
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return;
  try {
    process_.reap();
  } catch (const Error&) {  // somebody else reaped it
  }
}

bool Cradle::alive() const {
  return report_->stage.load(std::memory_order_acquire) != CradleReport::kFailed &&
         !is_readable(process_.pidfd());
}

bool Cradle::ready() const {
  return report_->stage.load(std::memory_order_acquire) == CradleReport::kReady;
}

std::string Cradle::death() const {
  if (report_->stage.load(std::memory_order_acquire) != CradleReport::kFailed)
    return "the process that gives birth in this cgroup was killed";
  const auto entrance = report_->entrance;
  return "enter cgroup " + (entrance < names_.size() ? names_[entrance] : std::string("?")) + ": " +
         errno_text(report_->error);
}

void Cradle::prune() {
  if (ready()) entrances_.clear();
  const std::uint64_t consumed = report_->consumed.load(std::memory_order_acquire);
  while (!forgotten_.empty() && forgotten_.front().first <= consumed) forgotten_.pop_front();
}

void Cradle::request(const Plan& plan) {
  prune();
  const Plan* pointer = &plan;
  if (::write(command_.write.get(), &pointer, sizeof pointer) != sizeof pointer)
    throw_errno("hand a birth to the cradle");
  ++sent_;
}

void Cradle::forget(ArenaUse use) { forgotten_.emplace_back(sent_, std::move(use)); }

}  // namespace podrun::runtime
