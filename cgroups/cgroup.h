// One cgroup: a folder in the v2 tree and, on a hybrid host, the same folder below each v1
// controller's mount.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "cgroups/events.h"
#include "cgroups/layout.h"
#include "cgroups/limits.h"
#include "cgroups/stats.h"

namespace podrun::cgroups {

/// Where a process enters one v1 hierarchy by writing "0": the file `tasks`. A process of one
/// thread that moves itself so takes no lock; through cgroup.procs it would wait for an RCU grace
/// period, 7 to 13 ms (Linux 5.5 on: cgroup_procs_write_start, "single thread").
struct V1Entrance {
  Fd tasks;
  std::string name;    // the controllers: "cpu,cpuacct"
  std::string folder;  // the cgroup's folder in this hierarchy
};

/// A created cgroup, owned: the destructor removes it (and what it created below) after killing
/// what still runs in it. `release()` leaves it in place. Paths are relative to the hierarchies'
/// roots: "podrun/burstable/pod<uid>/kubia".
class Cgroup {
 public:
  Cgroup();
  /// Makes the folder (and missing parents, which are not owned) in every hierarchy. On v2,
  /// controllers are handed down to it through cgroup.subtree_control of all its parents. All or
  /// nothing: a failure removes what was made (controllers that were handed down to parents that
  /// existed before stay so). Throws Error, with EEXIST where it exists already, with EBUSY where
  /// a parent on v2 has processes of its own; BadInput for a path that is not plain and relative.
  static Cgroup create(const Layout& layout, const std::string& path);
  /// Opens one that exists (after a crash, to clean up); in some of the hierarchies is enough.
  /// Throws Error with ENOENT where it is in none. It is not owned until adopt().
  static Cgroup open(const Layout& layout, const std::string& path);
  /// open(), or nothing where it is in no hierarchy.
  static std::optional<Cgroup> find(const Layout& layout, const std::string& path);
  /// Opens it with what is missing of it made: all of it, or what a create() or remove() that was
  /// killed left out. What runs in it goes on. Not owned until adopt().
  static Cgroup complete(const Layout& layout, const std::string& path);
  /// A cgroup below this one, as create() makes it; `name` is one component.
  Cgroup create_child(const std::string& name) const;
  /// A leaf below this one for processes only, no controllers enabled on v2: `probe`. On v1, a
  /// child in every hierarchy. Owned. On v1, apply() device rules before making it.
  Cgroup create_leaf(const std::string& name) const;

  Cgroup(Cgroup&&) noexcept;
  Cgroup& operator=(Cgroup&&) noexcept;
  ~Cgroup();

  const std::string& path() const;
  const Layout& layout() const;
  bool valid() const;

  /// Writes the knobs; an error names the file and the value. Limits whose controller is missing
  /// are listed by unenforceable() beforehand: apply() throws on them, before it writes any. May be
  /// called again, to change limits.
  void apply(const Limits& limits);
  /// The device rules alone, on v2, as a program that load_device_program() made.
  void attach_devices(const Fd& program);
  /// What of `limits` cannot hold here, in words: "cpu.max (no cpu controller)".
  static std::vector<std::string> unenforceable(const Layout& layout, const Limits& limits);

  /// For clone3(CLONE_INTO_CGROUP): an O_PATH descriptor of the v2 folder, owned by this object.
  int v2_fd() const;
  /// Hybrid: the v1 hierarchies that a process must enter by itself. Empty on v2.
  std::vector<V1Entrance> open_v1_entrances() const;

  Stats stats() const;
  Pressures pressures() const;
  /// The CPU time of stats() alone, with all descendants.
  std::uint64_t cpu_usage_us() const;
  /// Grows when the OOM killer strikes in it or below (memory.events / memory.oom_control): one
  /// file read, on v1 one per cgroup below too. It counts processes, and with memory.oom.group the
  /// first victim twice. On v1 the count of a removed leaf is lost.
  std::uint64_t oom_kills() const;
  bool populated() const;
  std::vector<pid_t> processes() const;  // of it alone, from cgroup.procs
  /// SIGKILL to everything in it and below at once (cgroup.kill, or signals in a frozen tree where
  /// that is missing). Does not wait.
  void kill() const;
  /// Returns when it has taken hold; throws Error with ETIMEDOUT after 10 s.
  void freeze(bool frozen) const;
  /// A descriptor for epoll that reports EPOLLPRI when `populated` or `frozen` changes (it is
  /// cgroup.events itself: unlike inotify it needs no instance of a limited kind). Level-triggered,
  /// it reports until read_events(fd) has read it; with EPOLLET, populated() will do. The kernel
  /// reports a cgroup at most once in 10 ms, so that after reaping a process it is faster to ask
  /// populated() than to wait.
  Fd watch_events() const;
  /// Waits by events until nothing runs in it or below; false when `timeout` passed.
  bool wait_empty(Nanoseconds timeout) const;

  /// Removes it and everything below, in every hierarchy; it must be empty of processes: waits up
  /// to 2 s for dying ones, then throws Error that lists them. Leaves this object empty.
  void remove();
  void adopt();
  void release();

 private:
  struct State;
  explicit Cgroup(std::unique_ptr<State> state);
  Cgroup make_below(const std::string& name, bool leaf) const;
  void dispose() noexcept;
  std::unique_ptr<State> state_;
};

/// The cgroups right below `path` in any hierarchy, as paths for Cgroup::open, sorted: what an
/// earlier run may have left. Empty where there is no such path.
std::vector<std::string> list_children(const Layout& layout, const std::string& path);

}  // namespace podrun::cgroups
