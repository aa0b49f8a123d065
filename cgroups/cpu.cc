#include "cgroups/cpu.h"

#include <algorithm>
#include <cerrno>

#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kMaxV2 = "cpu.max";
constexpr const char* kWeightV2 = "cpu.weight";
constexpr const char* kStat = "cpu.stat";
constexpr const char* kQuotaV1 = "cpu.cfs_quota_us";
constexpr const char* kPeriodV1 = "cpu.cfs_period_us";
constexpr const char* kSharesV1 = "cpu.shares";
constexpr const char* kUsageV1 = "cpuacct.usage";
constexpr const char* kUsageUserV1 = "cpuacct.usage_user";
constexpr const char* kUsageSystemV1 = "cpuacct.usage_sys";

constexpr std::int64_t kMinQuotaUs = 1000;  // kernel/sched/core.c, min_cfs_quota_period: 1 ms
constexpr std::uint64_t kMinShares = 2, kMaxShares = 262144;
constexpr std::uint64_t kMinWeight = 1, kMaxWeight = 10000;

constexpr const char* kRatioHint =
    "v1 lets no cgroup have a larger quota than the one above it; a period is 1000 to 1000000";

std::uint64_t clamp_shares(std::uint64_t shares) {
  return std::clamp(shares, kMinShares, kMaxShares);
}

}  // namespace

std::uint64_t cpu_weight_from_shares(std::uint64_t shares) {
  return kMinWeight + (clamp_shares(shares) - kMinShares) * (kMaxWeight - kMinWeight) /
                          (kMaxShares - kMinShares);
}

std::int64_t effective_quota_us(const CpuMax& cpu_max) {
  return cpu_max.quota_us < 0 ? -1 : std::max(cpu_max.quota_us, kMinQuotaUs);
}

std::string cpu_max_text(const CpuMax& cpu_max) {
  const std::int64_t quota = effective_quota_us(cpu_max);
  return (quota < 0 ? "max" : std::to_string(quota)) + " " + std::to_string(cpu_max.period_us);
}

void apply_cpu_v2(const Folder& folder, const Limits& limits) {
  if (limits.cpu_max) folder.write(kMaxV2, cpu_max_text(*limits.cpu_max));
  if (limits.cpu_shares)
    folder.write(kWeightV2, std::to_string(cpu_weight_from_shares(*limits.cpu_shares)));
}

void apply_cpu_v1(const Folder& folder, const Limits& limits) {
  if (limits.cpu_max) {
    const std::string quota = std::to_string(effective_quota_us(*limits.cpu_max));
    const std::string period = std::to_string(limits.cpu_max->period_us);
    // The new period with the old quota may be more than the cgroup above has: then the quota
    // goes first.
    const int failure = folder.try_write(kPeriodV1, period);
    if (failure != 0 && failure != EINVAL) folder.throw_write(kPeriodV1, period, failure);
    folder.write(kQuotaV1, quota, kRatioHint);
    if (failure != 0) folder.write(kPeriodV1, period, kRatioHint);
  }
  if (limits.cpu_shares) folder.write(kSharesV1, std::to_string(clamp_shares(*limits.cpu_shares)));
}

void read_cpu_v2(const Folder& folder, Stats& stats) {
  const std::string text = folder.read_if_exists(kStat).value_or("");
  stats.cpu_usage_us = flat_value(text, "usage_usec").value_or(0);
  stats.cpu_user_us = flat_value(text, "user_usec").value_or(0);
  stats.cpu_system_us = flat_value(text, "system_usec").value_or(0);
  stats.cpu_periods = flat_value(text, "nr_periods").value_or(0);
  stats.cpu_throttled_periods = flat_value(text, "nr_throttled").value_or(0);
  stats.cpu_throttled_us = flat_value(text, "throttled_usec").value_or(0);
}

void read_cpuacct_v1(const Folder& folder, Stats& stats) {
  constexpr std::uint64_t kNanosecondsPerUs = 1000;
  stats.cpu_usage_us = folder.read_number(kUsageV1).value_or(0) / kNanosecondsPerUs;
  stats.cpu_user_us = folder.read_number(kUsageUserV1).value_or(0) / kNanosecondsPerUs;
  stats.cpu_system_us = folder.read_number(kUsageSystemV1).value_or(0) / kNanosecondsPerUs;
}

void read_throttling_v1(const Folder& folder, Stats& stats) {
  constexpr std::uint64_t kNanosecondsPerUs = 1000;
  const std::string text = folder.read_if_exists(kStat).value_or("");
  stats.cpu_periods = flat_value(text, "nr_periods").value_or(0);
  stats.cpu_throttled_periods = flat_value(text, "nr_throttled").value_or(0);
  stats.cpu_throttled_us = flat_value(text, "throttled_time").value_or(0) / kNanosecondsPerUs;
}

}  // namespace podrun::cgroups
