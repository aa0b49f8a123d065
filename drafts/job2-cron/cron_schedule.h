// Schedules of CronJobs: `*/15 0-6,12 * jan-jun mon`, `@hourly`, `@every 90s`. Fields, words and
// errors are those of github.com/robfig/cron v3's ParseStandard. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"

namespace podrun::manifest {

struct CronSchedule {
  /// Bit n: the value n is one of those asked for.
  std::uint64_t minute = 0, hour = 0, day = 0, month = 0, weekday = 0;
  /// The field begins with `*`: the other kind of day alone decides.
  bool any_day = false, any_weekday = false;
  /// Of `@every`; otherwise zero.
  Seconds every{0};
};

/// Throws BadInput. A zone in front (TZ=, CRON_TZ=) is read over: who calls refuses it.
CronSchedule parse_cron(const std::string& text);

}  // namespace podrun::manifest
