// Acts on what cron_job.h decides, for one CronJob at a time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/cron_job.h"
#include "supervisor/controllers/replica_controller.h"

namespace podrun::controllers {

/// The objects that name a uid among their owners.
using OwnedBy = std::function<std::vector<store::ObjectKey>(const std::string& uid)>;

class CronJobController {
 public:
  CronJobController(api::Client& client, OwnedBy owned_by, Zones zones)
      : client_(client), owned_by_(std::move(owned_by)), zones_(std::move(zones)) {}

  /// Starts the job that is due, deletes old ones, brings the status up to date. Throws ApiError
  /// for what is to be tried again after a backoff.
  NextLook sync(const store::ObjectKey& key, WallTime now);

 private:
  std::vector<store::Object> jobs_of(const store::Object& cron_job) const;
  void remove(const Json& cron_job, const store::Object& job);
  void start(const store::Object& cron_job, CronPlan& plan);
  std::optional<store::Object> make(const store::Object& cron_job, const CronStart& start);
  void write_status(const store::Object& cron_job, const Json& status);

  api::Client& client_;
  const OwnedBy owned_by_;
  const Zones zones_;
};

}  // namespace podrun::controllers
