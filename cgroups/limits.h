// What a cgroup may use: plain values, in the kernel's units. How they are derived from a manifest
// is decided above.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace podrun::cgroups {

struct CpuMax {
  std::int64_t quota_us;  // per period; at least 1000 is written; negative: no limit
  std::int64_t period_us = 100000;
};

/// One rule of the device allow-list (OCI config-linux.md, "Allowed Device list"); later rules win,
/// what no rule names is denied.
struct DeviceRule {
  bool allow = false;
  char type = 'a';                    // 'a' all, 'b' block, 'c' char
  std::optional<std::int64_t> major;  // nothing: any
  std::optional<std::int64_t> minor;
  std::string access = "rwm";
};

/// A limit of one block device (io.max).
struct IoMax {
  std::uint32_t major = 0, minor = 0;
  std::optional<std::uint64_t> read_bps, write_bps, read_iops, write_iops;
};

/// What is not set is left as it is. Negative numbers mean "no limit".
struct Limits {
  std::optional<CpuMax> cpu_max;
  std::optional<std::uint64_t>
      cpu_shares;  // v1 units 2..262144; v2 weight = 1 + (shares-2)*9999/262142
  std::optional<std::int64_t> memory_max, memory_low, memory_high,
      memory_swap_max;            // bytes; swap alone, as v2 counts
  bool memory_oom_group = false;  // v2 only; no effect on v1
  std::optional<std::int64_t> pids_max;
  std::optional<std::string> cpuset_cpus, cpuset_mems;
  std::vector<IoMax> io_max;
  std::optional<std::vector<DeviceRule>> devices;
};

}  // namespace podrun::cgroups
