#include "supervisor/manifest/pod_condition.h"

#include <utility>

namespace podrun::manifest {

Json disruption_target(const std::string& reason, const std::string& message, WallTime now) {
  return {{"lastProbeTime", nullptr}, {"lastTransitionTime", rfc3339(now)},
          {"message", message},       {"reason", reason},
          {"status", "True"},         {"type", "DisruptionTarget"}};
}

void set_condition(Json& pod, Json condition) {
  Json& conditions = pod["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  std::erase_if(conditions.get_ref<Json::array_t&>(), [&](const Json& present) {
    return text_at(present, "type") == text_at(condition, "type");
  });
  conditions.push_back(std::move(condition));
}

}  // namespace podrun::manifest
