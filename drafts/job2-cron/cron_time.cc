#include "supervisor/controllers/cron_time.h"

#include <bit>
#include <chrono>

namespace podrun::controllers {
namespace {

using manifest::CronSchedule;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr days kFarthest{5 * 366};

bool has(std::uint64_t bits, unsigned value) { return ((bits >> value) & 1) != 0; }

/// The first value asked for from `value` on; 64 where there is none.
unsigned first_from(std::uint64_t bits, unsigned value) {
  return value > 63 ? 64 : static_cast<unsigned>(std::countr_zero(bits >> value << value));
}

/// Days of the month and of the week both restricted: either will do.
bool names_day(const CronSchedule& schedule, sys_days day) {
  const year_month_day date(day);
  if (!has(schedule.month, static_cast<unsigned>(date.month()))) return false;
  const bool by_day = has(schedule.day, static_cast<unsigned>(date.day()));
  const bool by_weekday = has(schedule.weekday, std::chrono::weekday(day).c_encoding());
  if (schedule.any_day || schedule.any_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

/// In minutes of the day, from `from` on.
std::optional<unsigned> time_of_day(const CronSchedule& schedule, unsigned from) {
  for (unsigned hour = first_from(schedule.hour, from / 60); hour < 24;
       hour = first_from(schedule.hour, hour + 1)) {
    const unsigned minute = first_from(schedule.minute, hour == from / 60 ? from % 60 : 0);
    if (minute < 60) return hour * 60 + minute;
  }
  return std::nullopt;
}

/// The first local time named from `from` on and before `end`; both are whole minutes.
std::optional<sys_seconds> next_local(const CronSchedule& schedule, sys_seconds from,
                                      sys_seconds end) {
  sys_days day = floor<days>(from);
  unsigned start =
      static_cast<unsigned>(floor<std::chrono::minutes>(from - sys_seconds(day)).count());
  for (; sys_seconds(day) < end; day += days(1), start = 0) {
    if (!names_day(schedule, day)) continue;
    const auto minute = time_of_day(schedule, start);
    if (!minute) continue;
    const sys_seconds at = sys_seconds(day) + std::chrono::minutes(*minute);
    if (at < end) return at;
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<WallTime> next_time(const CronSchedule& schedule, const Zone& zone, WallTime after) {
  if (schedule.every > Seconds(0)) {
    return WallTime(floor<Seconds>(after.time_since_epoch())) + schedule.every;
  }
  const WallTime farthest = after + kFarthest;
  WallTime from = after + Nanoseconds(1);
  while (from < farthest) {
    const ZoneSpan span = zone(from);
    const auto local = [&](WallTime at) {
      return sys_seconds(std::chrono::ceil<Seconds>(at.time_since_epoch()) + span.offset);
    };
    const WallTime end = std::min(span.end, farthest);
    const sys_seconds start = std::chrono::ceil<std::chrono::minutes>(local(from));
    if (const auto at = next_local(schedule, start, local(end))) {
      return WallTime(at->time_since_epoch() - span.offset);
    }
    from = end;
  }
  return std::nullopt;
}

}  // namespace podrun::controllers
