#include "supervisor/client/daemon_rollout.h"

#include "base/error.h"
#include "supervisor/api/json_path.h"

namespace podrun::client {

RolloutState daemon_rollout_state(const Json& set) {
  const auto count = [&](const char* path) { return api::int_at(set, path); };
  if (api::text_at(set, "spec.updateStrategy.type") != "RollingUpdate") {
    throw Error("rollout status is only available for RollingUpdate strategy type");
  }
  if (count("metadata.generation") > count("status.observedGeneration")) {
    return {false, "Waiting for daemon set spec update to be observed..."};
  }
  const std::string name = "daemon set \"" + api::text_at(set, "metadata.name") + "\"";
  const std::string waiting = "Waiting for " + name + " rollout to finish: ";
  const std::int64_t wanted = count("status.desiredNumberScheduled");
  if (const std::int64_t updated = count("status.updatedNumberScheduled"); updated < wanted) {
    return {false, waiting + std::to_string(updated) + " out of " + std::to_string(wanted) +
                       " new pods have been updated..."};
  }
  if (const std::int64_t available = count("status.numberAvailable"); available < wanted) {
    return {false, waiting + std::to_string(available) + " of " + std::to_string(wanted) +
                       " updated pods are available..."};
  }
  return {true, name + " successfully rolled out"};
}

}  // namespace podrun::client
