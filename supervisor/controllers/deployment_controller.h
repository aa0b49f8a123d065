// Acts on what rollout.h and deployment_status.h decide, for one Deployment at a time.
#pragma once

#include <optional>

#include "supervisor/api/client.h"
#include "supervisor/controllers/deployment_status.h"
#include "supervisor/controllers/replica_controller.h"
#include "supervisor/controllers/rollout.h"

namespace podrun::controllers {

class DeploymentController {
 public:
  explicit DeploymentController(api::Client& client) : client_(client) {}

  /// One step; what it changes is a reason to look again. Throws ApiError for what is to be tried
  /// again after a backoff.
  NextLook sync(const store::ObjectKey& key, WallTime now);

 private:
  struct Look;  // a Deployment and its sets, kept up to date while this looks at them

  void read_sets(Look& look);
  void write_status(Look& look, Json status);
  void tell_progress(Look& look, const char* state, const char* reason, const std::string& message);
  void ensure_latest(Look& look);
  void create_latest(Look& look);
  void resolve_collision(Look& look, const Json& wanted);
  void set_revision(Look& look, std::int64_t revision);
  bool scale(Look& look, const ScaleSteps& steps);
  void roll(Look& look);
  void recreate(Look& look);
  void clean_up(Look& look);
  bool has_old_pods(const Look& look) const;
  NextLook finish(Look& look, bool estimate);

  api::Client& client_;
};

}  // namespace podrun::controllers
