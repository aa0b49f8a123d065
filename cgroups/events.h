// What a cgroup of the v2 tree tells and is told as a whole: populated, frozen, kill, freeze.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "cgroups/folder.h"

namespace podrun::cgroups {

/// cgroup.events: of the cgroup and all below it.
struct Events {
  bool populated = false;
  bool frozen = false;
};

/// Reads cgroup.events; a cgroup that is gone is neither populated nor frozen.
Events read_events(const Folder& folder);
/// The same from a descriptor of watch(), which is armed again by it.
Events read_events(const Fd& watch);
/// A descriptor of cgroup.events that polls as POLLPRI once the file has changed since the last
/// read_events() on it. Invalid where the cgroup is gone.
Fd watch(const Folder& folder);

/// Sleeps until cgroup.events says so; false when the time is over.
bool wait_until_empty(const Folder& folder, Nanoseconds timeout);
bool wait_until_frozen(const Folder& folder, bool frozen, Nanoseconds timeout);

/// SIGKILL to everything in it and below.
void kill_all(const Folder& folder);
/// The same without cgroup.kill (before Linux 5.14).
void kill_by_signals(const Folder& folder);
/// Writes cgroup.freeze and waits for it to take hold.
void freeze(const Folder& folder, bool frozen);

/// cgroup.procs; empty where the cgroup is gone.
std::vector<pid_t> processes(const Folder& folder);

}  // namespace podrun::cgroups
