// A process on its way into the world: from clone to the success of execve, observed without
// blocking.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/pidfd.h"
#include "cgroups/cgroup.h"
#include "runtime/spec.h"

namespace podrun::runtime {

/// Why a birth failed. `text` names the step, the path and the reason: "mount proc at /proc:
/// Operation not permitted". `exec_failed` tells "could not exec" (StartError 128) from a failing
/// earlier step (ContainerCannotRun).
struct BirthFailure {
  std::string text;
  int errno_value = 0;
  bool exec_failed = false;
};

/// What the new process reads and writes; not owned (copies are held until it is born); the child
/// gets them as 0, 1 and 2. -1: /dev/null. Not used for a process with a terminal.
struct Stdio {
  int in = -1, out = -1, err = -1;
};

/// Where processes of one cgroup are born. No birth waits for a cgroup move: on v2 the child is
/// cloned straight into its cgroup, and v1 hierarchies it enters by itself while it has one thread
/// (cgroups::V1Entrance). Plans lie in memory that it shares with its children.
class Birthplace {
 public:
  Birthplace();
  /// `cgroup` must outlive this object.
  explicit Birthplace(const cgroups::Cgroup& cgroup);
  /// As `other`, in another cgroup: what is known of this process is not found out again.
  Birthplace(const cgroups::Cgroup& cgroup, const Birthplace& other);
  Birthplace(Birthplace&&) noexcept;
  Birthplace& operator=(Birthplace&&) noexcept;
  ~Birthplace();
  /// Births in the caller's own cgroups: for tools and tests.
  static Birthplace without_cgroup();

  bool valid() const;
  /// For tests: step number `step` of the next births fails with EIO; -1: none.
  void inject_fault(int step);

 private:
  friend class Launcher;
  friend class Birth;
  struct State;
  std::unique_ptr<State> state_;
};

/// One birth under way. Poll report_fd() for EPOLLIN and call advance(): it never blocks.
class Birth {
 public:
  enum class State { kBorn, kParked, kRunning, kFailed };
  Birth();
  Birth(Birth&&) noexcept;
  Birth& operator=(Birth&&) noexcept;
  ~Birth();  // a process that has not reached kRunning is killed and reaped

  int report_fd() const;
  /// Reads what has been reported. kBorn: under way, process() is valid. kParked: it waits for
  /// release(). kRunning: execve succeeded (or the function began).
  State advance();
  /// At kParked: lets it go on.
  void release();
  State state() const;
  /// Blocks until it is no longer under way. For tools and tests; the supervisor polls.
  State wait();
  const podrun::Process& process() const;
  /// The caller owns the process from here (call at kRunning, or at kFailed to reap a child that
  /// was born).
  podrun::Process take_process();
  /// At kRunning, for a process with `terminal`: the master's descriptor, blocking. Resize it with
  /// TIOCSWINSZ.
  Fd take_terminal();
  const BirthFailure& failure() const;  // at kFailed
  /// What was done less than fully, in words: a hard limit that could not be raised, capabilities
  /// that this machine does not grant. Complete at kRunning and kFailed; worth a warning event.
  const std::vector<std::string>& notes() const;

 private:
  friend class Launcher;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Starts births. Each call resolves everything first (spec to a flat plan in the birthplace's
/// arena), then clones. Errors found while planning are thrown as podrun::Error; errors of the
/// child arrive through Birth.
class PlanWriter;
class Launcher {
 public:
  /// The container's first process. `rootfs_fd`: a detached mount (fsmount, open_tree) or an O_PATH
  /// folder that becomes "/"; consumed by duplication, the caller closes its own when the birth has
  /// ended. Namespaces of `spec` that are absent are shared with the caller: the supervisor itself
  /// lives in the pod's net, ipc and uts namespaces.
  /// `parked`: all is made ready, and the child waits for Birth::release() before it executes; with
  /// a filter that may forbid waiting, before it loads that and changes the user.
  static Birth start_container(Birthplace& place, const Spec& spec, int rootfs_fd,
                               const Stdio& stdio, bool parked = false);
  /// Another process inside a running container: all its namespaces, born in `place` (its cgroup or
  /// the probe leaf). The process leads its own session, so that kill(-pid) ends its group.
  static Birth exec(Birthplace& place, const podrun::Process& container, const Spec& container_spec,
                    const runtime::Process& process, const Stdio& stdio);
  /// A function of this program in a forked child in `place`: for network probes. It runs as
  /// nobody, without capabilities, with no_new_privs, stdio as given, all other descriptors closed.
  /// `argument` is copied to the arena. The function must end by _exit; it may allocate (the caller
  /// is single-threaded).
  using Function = void (*)(const char* argument, std::size_t length);
  static Birth run_function(Birthplace& place, Function function, const std::string& argument,
                            const Stdio& stdio);

 private:
  static Birth begin(Birthplace& place, const std::function<void(PlanWriter&)>& plan);
};

}  // namespace podrun::runtime
