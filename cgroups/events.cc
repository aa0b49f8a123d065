#include "cgroups/events.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <functional>

#include "base/error.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kEvents = "cgroup.events";
constexpr const char* kFreeze = "cgroup.freeze";
constexpr const char* kKill = "cgroup.kill";
constexpr const char* kProcs = "cgroup.procs";

// How long freezing may take: a process in an uninterruptible wait freezes when that is over.
constexpr Nanoseconds kFreezePatience = std::chrono::seconds(10);
// How long the fallback of cgroup.kill waits for a freeze before it kills without one.
constexpr Nanoseconds kFreezeToKillPatience = std::chrono::seconds(1);

Events parse_events(std::string_view text) {
  return {flat_value(text, "populated") == 1u, flat_value(text, "frozen") == 1u};
}

bool wait_until(const Folder& folder, const std::function<bool(const Events&)>& reached,
                Nanoseconds timeout) {
  if (reached(read_events(folder))) return true;
  const SystemClock clock;
  const Moment deadline = clock.now() + timeout;
  const Fd events = watch(folder);
  if (!events) return reached(Events());
  while (!reached(read_events(events))) {
    const Nanoseconds left = deadline - clock.now();
    if (left <= Nanoseconds::zero()) return false;
    const timespec limit{static_cast<time_t>(left / std::chrono::seconds(1)),
                         static_cast<long>((left % std::chrono::seconds(1)).count())};
    pollfd waiting{events.get(), POLLPRI, 0};
    if (::ppoll(&waiting, 1, &limit, nullptr) < 0 && errno != EINTR)
      throw_errno("wait for a change of " + folder.path() + "/" + kEvents);
  }
  return true;
}

}  // namespace

Events read_events(const Folder& folder) {
  return parse_events(folder.read_if_exists(kEvents).value_or(""));
}

Events read_events(const Fd& watch) {
  char text[256];
  ssize_t n = 0;
  do {
    n = ::pread(watch.get(), text, sizeof text, 0);
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return parse_events({text, static_cast<std::size_t>(n)});
  if (errno == ENODEV) return {};
  throw_errno(std::string("read ") + kEvents);
}

Fd watch(const Folder& folder) {
  Fd fd(::openat(folder.fd(), kEvents, O_RDONLY | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ENODEV)) return {};
  if (!fd) throw_errno("open " + folder.path() + "/" + kEvents);
  read_events(fd);
  return fd;
}

bool wait_until_empty(const Folder& folder, Nanoseconds timeout) {
  return wait_until(
      folder, [](const Events& events) { return !events.populated; }, timeout);
}

bool wait_until_frozen(const Folder& folder, bool frozen, Nanoseconds timeout) {
  return wait_until(
      folder, [=](const Events& events) { return events.frozen == frozen; }, timeout);
}

std::vector<pid_t> processes(const Folder& folder) {
  std::vector<pid_t> pids;
  const std::string text = folder.read_if_exists(kProcs).value_or("");
  for (const std::string_view word : words(text))
    if (const auto pid = parse_u64(word)) pids.push_back(static_cast<pid_t>(*pid));
  return pids;
}

namespace {

// 0 is written for a process of another pid namespace: it cannot be reached by a number.
bool signal_all(const Folder& folder) {
  bool any = false;
  for (const pid_t pid : processes(folder))
    if (pid > 0 && ::kill(pid, SIGKILL) == 0) any = true;
  for (const std::string& name : folder.children())
    if (const Folder child = folder.child(name); child.valid()) any = signal_all(child) || any;
  return any;
}

}  // namespace

// In a frozen tree nothing forks and nothing ends but by our signal, so that a
// number read from cgroup.procs cannot have passed on to a stranger.
void kill_by_signals(const Folder& folder) {
  const bool was_frozen = trimmed(folder.read_if_exists(kFreeze).value_or("")) == "1";
  if (folder.try_write(kFreeze, "1") == 0) wait_until_frozen(folder, true, kFreezeToKillPatience);
  // A second round catches what was forked before the freeze took hold.
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds && signal_all(folder); ++round) {
  }
  if (!was_frozen) folder.try_write(kFreeze, "0");
}

void kill_all(const Folder& folder) {
  const int failure = folder.try_write(kKill, "1");
  if (failure == 0 || failure == ENODEV) return;
  if (failure != ENOENT) folder.throw_write(kKill, "1", failure);
  kill_by_signals(folder);
}

void freeze(const Folder& folder, bool frozen) {
  folder.write(kFreeze, frozen ? "1" : "0");
  if (!wait_until_frozen(folder, frozen, kFreezePatience))
    throw Error((frozen ? "freeze cgroup " : "thaw cgroup ") + folder.path(), ETIMEDOUT,
                frozen ? "a process is in an uninterruptible wait, or a debugger holds it"
                       : "a cgroup above it is frozen");
}

}  // namespace podrun::cgroups
