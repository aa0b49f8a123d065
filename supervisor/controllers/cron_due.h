// Which time of a CronJob's schedule is due, and when the next one is. Pure;
// pkg/controller/cronjob, utils.go.
#pragma once

#include <optional>

#include "supervisor/controllers/cron_time.h"

namespace podrun::controllers {

struct CronTimes {
  manifest::CronSchedule schedule;
  ZoneOffset zone;
  /// The last time that a job was started for, or when the CronJob was made.
  WallTime since;
  /// How late a job may start.
  std::optional<Seconds> deadline;
};

struct Due {
  /// The latest time that has passed; nothing where there is none.
  std::optional<WallTime> time;
  /// More than a hundred, roughly counted.
  bool too_many = false;
  /// The schedule has no two times.
  bool is_invalid = false;
};
Due find_due(const CronTimes& times, WallTime now);

/// When to look again; nothing where no time comes.
std::optional<WallTime> next_look(const CronTimes& times, WallTime now);

}  // namespace podrun::controllers
