// Memory: limits, use, and the OOM killer's count.
#pragma once

#include <cstdint>

#include "cgroups/folder.h"
#include "cgroups/limits.h"
#include "cgroups/stats.h"

namespace podrun::cgroups {

void apply_memory_v2(const Folder& folder, const Limits& limits);
/// memory_low is memory.soft_limit_in_bytes there, as OCI's "reservation" is. memory_high and
/// memory_oom_group do not exist: the first throws, the second has no effect.
void apply_memory_v1(const Folder& folder, const Limits& limits);

/// Fills memory_*, and oom_kills.
void read_memory_v2(const Folder& folder, Stats& stats);
void read_memory_v1(const Folder& folder, Stats& stats);

std::uint64_t oom_kills_v2(const Folder& folder);
/// v1 counts a kill only in the victim's own cgroup: this adds up those below.
std::uint64_t oom_kills_v1(const Folder& folder);

}  // namespace podrun::cgroups
