#include "cgroups/memory.h"

#include <cerrno>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kMaxV2 = "memory.max";
constexpr const char* kLowV2 = "memory.low";
constexpr const char* kHighV2 = "memory.high";
constexpr const char* kSwapMaxV2 = "memory.swap.max";
constexpr const char* kOomGroupV2 = "memory.oom.group";
constexpr const char* kCurrentV2 = "memory.current";
constexpr const char* kPeakV2 = "memory.peak";  // Linux 5.19
constexpr const char* kEventsV2 = "memory.events";

constexpr const char* kLimitV1 = "memory.limit_in_bytes";
constexpr const char* kSoftLimitV1 = "memory.soft_limit_in_bytes";
constexpr const char* kSwapLimitV1 = "memory.memsw.limit_in_bytes";  // memory and swap together
constexpr const char* kUsageV1 = "memory.usage_in_bytes";
constexpr const char* kMaxUsageV1 = "memory.max_usage_in_bytes";
constexpr const char* kFailuresV1 = "memory.failcnt";
constexpr const char* kSwapFailuresV1 = "memory.memsw.failcnt";
constexpr const char* kOomControlV1 = "memory.oom_control";

// What v1 shows for "no limit": LONG_MAX in whole pages, whatever their size.
constexpr std::uint64_t kUnlimitedV1 = 0x7fffffffffff0000;

constexpr const char* kSwaps = "/proc/swaps";

std::string text_v2(std::int64_t bytes) { return bytes < 0 ? "max" : std::to_string(bytes); }
std::string text_v1(std::int64_t bytes) { return bytes < 0 ? "-1" : std::to_string(bytes); }

bool machine_swaps() {
  return split(read_file_if_exists(kSwaps).value_or(""), '\n').size() > 1;  // line 1: the heading
}

// A kernel that does not account swap has no such file. Where the machine has no swap at all, the
// limit holds all the same.
void write_swap(const Folder& folder, const char* knob, const std::string& value) {
  const int failure = folder.try_write(knob, value);
  if (failure == 0 || (failure == ENOENT && !machine_swaps())) return;
  folder.throw_write(
      knob, value, failure,
      failure == ENOENT ? "this kernel does not account swap: boot with swapaccount=1" : "");
}

}  // namespace

void apply_memory_v2(const Folder& folder, const Limits& limits) {
  if (limits.memory_oom_group) folder.write(kOomGroupV2, "1");
  if (limits.memory_swap_max) write_swap(folder, kSwapMaxV2, text_v2(*limits.memory_swap_max));
  if (limits.memory_low) folder.write(kLowV2, text_v2(*limits.memory_low));
  if (limits.memory_high) folder.write(kHighV2, text_v2(*limits.memory_high));
  if (limits.memory_max) folder.write(kMaxV2, text_v2(*limits.memory_max));
}

namespace {

std::string limit_hint(const Folder& folder, int failure) {
  if (failure != EBUSY) return "";
  return "it uses " + trimmed(folder.read_if_exists(kUsageV1).value_or("?")) + " bytes already";
}

// v1 limits memory and swap together. A swap limit that is not given anew stays what it was, as on
// v2, though memory's changes.
std::optional<std::int64_t> memory_and_swap_v1(const Folder& folder, const Limits& limits) {
  if (!limits.memory_swap_max) {
    const auto memory = folder.read_number(kLimitV1), both = folder.read_number(kSwapLimitV1);
    if (!memory || !both || *both >= kUnlimitedV1 || *both < *memory) return std::nullopt;
    return *limits.memory_max < 0 ? -1
                                  : *limits.memory_max + static_cast<std::int64_t>(*both - *memory);
  }
  if (*limits.memory_swap_max < 0) return -1;
  if (!limits.memory_max || *limits.memory_max < 0)
    throw Error("limit the swap of " + folder.path(), 0,
                "v1 limits memory and swap together: it needs a memory limit too");
  return *limits.memory_max + *limits.memory_swap_max;
}

// The kernel holds that memory's limit is not above that of both, at each step.
void apply_limit_and_swap_v1(const Folder& folder, const Limits& limits) {
  if (!limits.memory_max && !limits.memory_swap_max) return;
  const std::optional<std::int64_t> both = memory_and_swap_v1(folder, limits);
  const std::string limit = limits.memory_max ? text_v1(*limits.memory_max) : "";
  const int failure = limits.memory_max ? folder.try_write(kLimitV1, limit) : 0;
  if (failure != 0 && (failure != EINVAL || !both))
    folder.throw_write(kLimitV1, limit, failure, limit_hint(folder, failure));
  if (both) write_swap(folder, kSwapLimitV1, text_v1(*both));
  if (failure != 0) folder.write(kLimitV1, limit);
}

}  // namespace

void apply_memory_v1(const Folder& folder, const Limits& limits) {
  if (limits.memory_high && *limits.memory_high >= 0)
    throw Error("set memory.high of " + folder.path(), 0, "it exists on cgroup v2 only");
  apply_limit_and_swap_v1(folder, limits);
  if (limits.memory_low) folder.write(kSoftLimitV1, text_v1(*limits.memory_low));
}

void read_memory_v2(const Folder& folder, Stats& stats) {
  stats.memory_current = folder.read_number(kCurrentV2).value_or(0);
  stats.memory_peak = folder.read_number(kPeakV2);
  const std::string events = folder.read_if_exists(kEventsV2).value_or("");
  stats.oom_kills = flat_value(events, "oom_kill").value_or(0);
  stats.memory_max_events = flat_value(events, "max").value_or(0);
}

void read_memory_v1(const Folder& folder, Stats& stats) {
  stats.memory_current = folder.read_number(kUsageV1).value_or(0);
  stats.memory_peak = folder.read_number(kMaxUsageV1);
  stats.oom_kills = oom_kills_v1(folder);
  // Where swap is limited too, its counter is asked first and takes the blow.
  stats.memory_max_events =
      folder.read_number(kFailuresV1).value_or(0) + folder.read_number(kSwapFailuresV1).value_or(0);
}

std::uint64_t oom_kills_v2(const Folder& folder) {
  return flat_value(folder.read_if_exists(kEventsV2).value_or(""), "oom_kill").value_or(0);
}

std::uint64_t oom_kills_v1(const Folder& folder) {
  std::uint64_t kills =
      flat_value(folder.read_if_exists(kOomControlV1).value_or(""), "oom_kill").value_or(0);
  for (const std::string& name : folder.children())
    if (const Folder child = folder.child(name); child.valid()) kills += oom_kills_v1(child);
  return kills;
}

}  // namespace podrun::cgroups
