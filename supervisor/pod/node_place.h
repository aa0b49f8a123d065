// The node that a pod runs on, where that is not the whole machine: one of several.
#pragma once

#include <cstdint>
#include <string>

namespace podrun::pod {

struct NodePlace {
  std::string name;               // empty: the machine's, and so is all else
  std::string cgroup = "podrun";  // where the cgroups of its pods are: "podrun/nodes/two"
  /// What it has of the machine; 0: all.
  std::int64_t cpus = 0, memory_bytes = 0;
};

}  // namespace podrun::pod
