#include "supervisor/pod/usage.h"

namespace podrun::pod {

void fill_usage(InstanceReport& report, const Usage& at_start, const Usage& now,
                const cgroups::Limits& limits) {
  const cgroups::Stats& before = at_start.whole;
  const cgroups::Stats& after = now.whole;
  report.cpu.usage_us = after.cpu_usage_us - before.cpu_usage_us;
  report.cpu.user_us = after.cpu_user_us - before.cpu_user_us;
  report.cpu.system_us = after.cpu_system_us - before.cpu_system_us;
  report.cpu.periods = after.cpu_periods - before.cpu_periods;
  report.cpu.throttled_periods = after.cpu_throttled_periods - before.cpu_throttled_periods;
  report.cpu.throttled_us = after.cpu_throttled_us - before.cpu_throttled_us;
  report.cpu.probe_usage_us = now.probe_cpu_us - at_start.probe_cpu_us;
  report.memory.peak_bytes = after.memory_peak.value_or(after.memory_current);
  report.memory.oom_kills = after.oom_kills - before.oom_kills;
  if (limits.memory_max) report.memory.limit_bytes = static_cast<std::uint64_t>(*limits.memory_max);
  report.pids_peak = after.pids_peak;
}

}  // namespace podrun::pod
