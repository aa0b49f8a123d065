// When a schedule is next due: what github.com/robfig/cron v3's Next answers. Pure: what a time
// zone says comes from the caller.
#pragma once

#include <functional>
#include <optional>

#include "base/clock.h"
#include "supervisor/manifest/cron_schedule.h"

namespace podrun::controllers {

/// How far local time is ahead of UTC at a moment.
using ZoneOffset = std::function<Seconds(WallTime)>;

/// The first time after `after`, a whole minute; nothing where there is none within five years.
/// Of `@every`: as long after `after`, in whole seconds.
///
/// Times that a change of the clock skips are skipped, those that it repeats come twice. On the day
/// of a change that skips midnight, or by other than a whole hour, robfig/cron leaves out times
/// that are there and takes neighbours of times that are not; so does this.
std::optional<WallTime> next_time(const manifest::CronSchedule& schedule, const ZoneOffset& zone,
                                  WallTime after);

}  // namespace podrun::controllers
