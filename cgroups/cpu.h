// CPU: the quota, the weight, and the time used.
#pragma once

#include <cstdint>
#include <string>

#include "cgroups/folder.h"
#include "cgroups/limits.h"
#include "cgroups/stats.h"

namespace podrun::cgroups {

/// v2's cpu.weight (1..10000) for v1's cpu.shares (2..262144), as a kubelet computes it:
/// 1 + (shares - 2) * 9999 / 262142. Values outside are taken as the nearest inside.
std::uint64_t cpu_weight_from_shares(std::uint64_t shares);
/// The quota that is written: the kernel takes no less than 1000 µs; negative means no limit.
std::int64_t effective_quota_us(const CpuMax& cpu_max);
/// "50000 100000" or "max 100000".
std::string cpu_max_text(const CpuMax& cpu_max);

void apply_cpu_v2(const Folder& folder, const Limits& limits);
void apply_cpu_v1(const Folder& folder, const Limits& limits);

/// cpu.stat of a v2 folder. Its time is counted there without any controller, its throttling only
/// with cpu.
void read_cpu_v2(const Folder& folder, Stats& stats);
/// v1: time from cpuacct, throttling from cpu.
void read_cpuacct_v1(const Folder& folder, Stats& stats);
void read_throttling_v1(const Folder& folder, Stats& stats);

}  // namespace podrun::cgroups
