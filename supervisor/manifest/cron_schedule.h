// Schedules of CronJobs: `*/15 0-6,12 * jan-jun mon`, `@hourly`, `@every 90s`. Fields, words and
// errors are those of github.com/robfig/cron v3's ParseStandard. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace podrun::manifest {

struct CronSchedule {
  /// Bit n: the value n is one of those asked for.
  std::uint64_t minutes = 0, hours = 0, days = 0, months = 0, weekdays = 0;
  /// The field is `*`: the other kind of day alone decides.
  bool any_day = false, any_weekday = false;
  /// Of `@every`, at least a second; otherwise zero.
  Seconds every{0};
  /// Of a `TZ=` or `CRON_TZ=` in front; otherwise empty. Whether there is such a zone is the
  /// caller's to find out.
  std::string zone;
};

/// Throws BadInput.
CronSchedule parse_cron(const std::string& text);

}  // namespace podrun::manifest
