#include "supervisor/pod/usage.h"

namespace podrun::pod {

void fill_usage(InstanceReport& report, const Usage& used, const cgroups::Limits& limits) {
  const cgroups::Stats& whole = used.whole;
  report.cpu.usage_us = whole.cpu_usage_us;
  report.cpu.user_us = whole.cpu_user_us;
  report.cpu.system_us = whole.cpu_system_us;
  report.cpu.periods = whole.cpu_periods;
  report.cpu.throttled_periods = whole.cpu_throttled_periods;
  report.cpu.throttled_us = whole.cpu_throttled_us;
  report.cpu.probe_usage_us = used.probe_cpu_us;
  report.memory.peak_bytes = whole.memory_peak.value_or(whole.memory_current);
  report.memory.oom_kills = whole.oom_kills;
  if (limits.memory_max) report.memory.limit_bytes = static_cast<std::uint64_t>(*limits.memory_max);
  report.pids_peak = whole.pids_peak;
}

}  // namespace podrun::pod
