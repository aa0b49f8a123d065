#include "supervisor/controllers/cron_due.h"

#include <algorithm>

namespace podrun::controllers {
namespace {

constexpr std::int64_t kMany = 100;

struct Recent {
  std::optional<WallTime> time;
  std::int64_t missed = 0;  // roughly
  bool is_invalid = false;
};

/// mostRecentScheduleTime. How many times were missed is reckoned from the distance of the first
/// two, and the search begins shortly before now: a schedule that is left alone for years must not
/// cost a look at each of its times.
Recent find_recent(const CronTimes& times, WallTime since, WallTime now) {
  const auto next = [&](WallTime after) { return next_time(times.schedule, times.zone, after); };
  const auto first = next(since);
  if (first && now < *first) return {};
  const auto second = first ? next(*first) : first;
  if (second && now < *second) return {.time = first};
  if (!second) return {.is_invalid = true};
  const auto distance = std::chrono::floor<Seconds>(*second - *first);
  const std::int64_t missed = std::chrono::floor<Seconds>(now - *first) / distance + 1;
  Recent recent{.missed = missed};
  auto time = next(*first + (missed - 2) * distance);
  for (; time && *time <= now; time = next(*time)) recent.time = time;
  return recent;
}

}  // namespace

Due find_due(const CronTimes& times, WallTime now) {
  WallTime since = times.since;
  if (times.deadline) since = std::max(since, now - *times.deadline);
  const Recent recent = find_recent(times, since, now);
  Due due{.time = recent.time, .is_invalid = recent.is_invalid};
  due.too_many = recent.time && recent.missed > kMany;
  return due;
}

std::optional<WallTime> next_look(const CronTimes& times, WallTime now) {
  const Recent recent = find_recent(times, times.since, now);
  const bool is_quiet = !recent.is_invalid && recent.missed == 0;
  return next_time(times.schedule, times.zone, recent.time.value_or(is_quiet ? times.since : now));
}

}  // namespace podrun::controllers
