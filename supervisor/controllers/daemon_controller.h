// Acts on what daemon_set.h and daemon_history.h decide, for one DaemonSet at a time.
#pragma once

#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/daemon_history.h"
#include "supervisor/controllers/daemon_set.h"
#include "supervisor/controllers/replica_controller.h"

namespace podrun::controllers {

class DaemonController {
 public:
  explicit DaemonController(api::Client& client) : client_(client) {}

  /// Brings pods, revisions and status to what the object says. Throws ApiError for what is to be
  /// tried again after a backoff.
  NextLook sync(const store::ObjectKey& key, WallTime now);

 private:
  std::vector<store::Object> claimed(const Json& set, const char* resource);
  Revisions sync_revisions(const Json& set);
  store::Object make_revision(const Json& set, std::int64_t number);
  void act(const Json& set, const DaemonPlan& plan, const std::string& hash, WallTime now);
  NextLook write_status(const store::ObjectKey& key, const std::string& hash, WallTime now);

  api::Client& client_;
  FailureBackoff backoff_;
};

}  // namespace podrun::controllers
