#include "cgroups/pids.h"

#include <string>

namespace podrun::cgroups {

namespace {
constexpr const char* kMax = "pids.max";
constexpr const char* kCurrent = "pids.current";
constexpr const char* kPeak = "pids.peak";  // Linux 6.6
}  // namespace

void apply_pids(const Folder& folder, const Limits& limits) {
  if (!limits.pids_max) return;
  folder.write(kMax, *limits.pids_max < 0 ? "max" : std::to_string(*limits.pids_max));
}

void read_pids(const Folder& folder, Stats& stats) {
  stats.pids_current = folder.read_number(kCurrent).value_or(0);
  stats.pids_peak = folder.read_number(kPeak);
}

}  // namespace podrun::cgroups
