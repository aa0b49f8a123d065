// What a CronJob does about its jobs, pure: which are started and deleted, its status, and when to
// look again. pkg/controller/cronjob, cronjob_controllerv2.go.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/cron_due.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kCronJobs = "cronjobs.batch";

/// A zone by its name, the machine's own by "". Throws BadInput.
using Zones = std::function<ZoneOffset(const std::string& name)>;

struct CronEvent {
  bool is_warning = false;
  std::string reason, message;
};

/// A job that is due.
struct CronStart {
  Json job;
  WallTime scheduled;
};

/// In the order in which it is done.
struct CronPlan {
  std::vector<store::Object> expired;  // jobs beyond the limits of the history
  std::vector<CronEvent> events;
  std::vector<store::Object> replaced;  // jobs that give way to the next
  std::optional<CronStart> start;
  Json status;                   // without what is started
  std::optional<WallTime> next;  // when to look again though nothing changes
};

/// `jobs`: the CronJob's own.
CronPlan plan_cron_job(const Json& cron_job, const std::vector<store::Object>& jobs,
                       const Zones& zones, WallTime now);

/// The status once a job is started.
Json with_started(Json status, const Json& job_reference, WallTime scheduled);

}  // namespace podrun::controllers
