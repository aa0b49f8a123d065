// Which CPUs and memory nodes may be used.
#pragma once

#include "cgroups/folder.h"
#include "cgroups/limits.h"

namespace podrun::cgroups {

void apply_cpuset_v2(const Folder& folder, const Limits& limits);
/// v1 lets no cgroup have less than those below it have: these are narrowed first.
void apply_cpuset_v1(const Folder& folder, const Limits& limits);

}  // namespace podrun::cgroups
