// When a schedule is next due. Pure: what a time zone says comes from who calls.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "supervisor/manifest/cron_schedule.h"

namespace podrun::controllers {

/// A span of time without a change of the clock.
struct ZoneSpan {
  Seconds offset{0};  // of local time from UTC
  WallTime end;       // the first instant that is another span's
};
/// The span that an instant is in.
using Zone = std::function<ZoneSpan(WallTime)>;

/// The first whole minute after `after` whose local time the schedule names; nothing where there is
/// none within five years. Times that a change of the clock skips are skipped, those that it
/// repeats come twice. Of `@every`: as long after `after`, in whole seconds.
std::optional<WallTime> next_time(const manifest::CronSchedule& schedule, const Zone& zone,
                                  WallTime after);

}  // namespace podrun::controllers
