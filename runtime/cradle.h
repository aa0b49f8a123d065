// The cradle: a small parked process that lives in a cgroup's v1 hierarchies and forks what is born
// there, so that no birth waits for a cgroup move (an RCU grace period each). See Birthplace.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/pidfd.h"
#include "runtime/arena.h"
#include "runtime/plan.h"

namespace podrun::runtime {

/// What the cradle tells, in shared memory.
struct CradleReport {
  enum Stage : std::uint32_t { kEntering, kReady, kFailed };
  std::atomic<std::uint32_t> stage{kEntering};
  std::uint32_t entrance = 0;  // kFailed: which one
  int error = 0;
  std::atomic<std::uint64_t> consumed{0};  // plans that it has read
};

/// One birth's share of an arena.
class ArenaUse {
 public:
  ArenaUse() = default;
  explicit ArenaUse(std::shared_ptr<Arena> arena) : arena_(std::move(arena)) {
    arena_->begin_use();
  }
  ArenaUse(ArenaUse&&) noexcept = default;
  ArenaUse& operator=(ArenaUse&& other) noexcept {
    std::swap(arena_, other.arena_);
    return *this;
  }
  ~ArenaUse() {
    if (arena_ != nullptr) arena_->end_use();
  }

 private:
  std::shared_ptr<Arena> arena_;
};

class Cradle {
 public:
  /// Clones it and returns at once. `entrances`: cgroup.procs of each v1 hierarchy; `names` of
  /// them, for errors. `arena` must hold every plan that is ever handed over.
  Cradle(std::shared_ptr<Arena> arena, std::vector<Fd> entrances, std::vector<std::string> names,
         int supervisor_pidfd);
  Cradle(const Cradle&) = delete;
  Cradle& operator=(const Cradle&) = delete;
  /// Kills and reaps it. A cradle in a frozen cgroup cannot die yet: it is left after a second.
  ~Cradle();

  pid_t pid() const { return process_.pid(); }
  int pidfd() const { return process_.pidfd(); }
  bool alive() const;
  /// True once it is in all its cgroups.
  bool ready() const;
  /// Why it ended: "enter cgroup memory: No such file or directory".
  std::string death() const;

  /// Hands a plan over; the cradle takes them in turn.
  void request(const Plan& plan);
  /// A plan was cancelled while it may still lie in the pipe: its memory stays until it is read.
  void forget(ArenaUse use);
  void kill() const { process_.signal(9); }

 private:
  void prune();
  std::shared_ptr<Arena> arena_;
  CradleReport* report_ = nullptr;
  std::vector<Fd> entrances_;
  std::vector<std::string> names_;
  Pipe command_;
  podrun::Process process_;
  std::uint64_t sent_ = 0;
  std::deque<std::pair<std::uint64_t, ArenaUse>> forgotten_;
};

}  // namespace podrun::runtime
