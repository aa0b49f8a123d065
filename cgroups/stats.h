// What a cgroup has used: counters as the kernel gives them, one shape for v2 and v1.
#pragma once

#include <cstdint>
#include <optional>

namespace podrun::cgroups {

struct Pressure {
  double some_avg10 = 0;
  std::uint64_t some_total_us = 0;
  std::uint64_t full_total_us = 0;
};

struct Stats {
  std::uint64_t cpu_usage_us = 0;  // with all descendants
  std::uint64_t cpu_user_us = 0, cpu_system_us = 0;
  std::uint64_t cpu_periods = 0, cpu_throttled_periods = 0, cpu_throttled_us = 0;
  std::uint64_t memory_current = 0;
  std::optional<std::uint64_t> memory_peak;  // nothing before Linux 5.19 on v2
  std::uint64_t oom_kills = 0;               // with all descendants
  std::uint64_t memory_max_events = 0;       // times the limit was hit
  std::uint64_t pids_current = 0;
  std::optional<std::uint64_t> pids_peak;  // nothing where the kernel does not count it
};

/// Nothing where the kernel does not measure it (CONFIG_PSI, psi=1).
struct Pressures {
  std::optional<Pressure> cpu, memory, io;
};

}  // namespace podrun::cgroups
