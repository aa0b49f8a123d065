// Acts on what job.h decides, for one Job at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/job.h"
#include "supervisor/controllers/replica_controller.h"

namespace podrun::controllers {

class JobController {
 public:
  explicit JobController(api::Client& client) : client_(client) {}

  /// Brings pods and status to what the object says; lets pods of Jobs that are gone go. Throws
  /// ApiError for what is to be tried again after a backoff.
  NextLook sync(const store::ObjectKey& key, WallTime now);

 private:
  std::vector<store::Object> claimed(const Json& job);
  void expire(const store::Object& job);
  NextLook expire_in_time(const store::Object& job, WallTime now);
  void act(const store::Object& job, const JobPlan& plan);
  void write_status(const store::Object& job, const JobPlan& plan);
  store::Object untrack(const store::Object& pod);
  void untrack_orphans(const std::string& namespace_);

  struct Memory {
    std::string uid;
    JobBackoff backoff;
  };

  api::Client& client_;
  std::map<store::ObjectKey, Memory> memories_;  // of Jobs that have not finished
};

}  // namespace podrun::controllers
