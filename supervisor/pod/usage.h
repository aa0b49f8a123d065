// Counters of an instance's cgroup and of its probe leaf at one moment.
#pragma once

#include <cstdint>

#include "cgroups/limits.h"
#include "cgroups/stats.h"
#include "supervisor/pod/report.h"

namespace podrun::pod {

struct Usage {
  cgroups::Stats whole;            // the container with its probes
  std::uint64_t probe_cpu_us = 0;  // of the leaf alone
};

/// Fills the cpu, memory and pids parts of `report`. Pure.
void fill_usage(InstanceReport& report, const Usage& used, const cgroups::Limits& limits);

}  // namespace podrun::pod
