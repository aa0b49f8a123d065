// The floor: what a container's start costs in bare system calls and nothing else. The same
// namespaces, mounts and cgroups as a container of podrun; no image store, no checks, no reports.
#pragma once

#include <string>

namespace podrun::bench {

enum class FloorCgroup {
  kNone,  // no cgroup
  kV1,    // made in the memory, cpu, pids and devices hierarchies, and moved into before execve
  kV2,    // made, and born in by CLONE_INTO_CGROUP
};

struct FloorOptions {
  std::string rootfs;  // a folder with bin/stamp
  FloorCgroup cgroup = FloorCgroup::kNone;
  bool net = false;                 // a network namespace of its own, and sysfs
  const char* mode = "first";       // what bin/stamp does
  const char* file = "/out/stamp";  // in the rootfs
};

/// CLOCK_MONOTONIC in nanoseconds.
long now_ns();

/// Starts bin/stamp in new mount, pid, ipc, uts and cgroup namespaces, waits for its end and
/// removes the cgroup. Throws Error.
void run_floor(const FloorOptions& options);

}  // namespace podrun::bench
