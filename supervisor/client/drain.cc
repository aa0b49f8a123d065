#include "supervisor/client/drain.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

using Notes = std::map<std::string, std::string>;  // what is said: of which pods

std::string controller_kind(const Json& pod) {
  for (const Json& owner : api::at_path(pod, "metadata.ownerReferences")) {
    if (api::bool_at(owner, "controller")) return api::text_at(owner, "kind");
  }
  return "";
}

bool has_local_data(const Json& pod) {
  const Json& volumes = api::at_path(pod, "spec.volumes");
  return std::any_of(volumes.begin(), volumes.end(),
                     [](const Json& volume) { return volume.contains("emptyDir"); });
}

bool has_long_been_going(const Json& pod, Seconds limit, WallTime now) try {
  const std::string since = api::text_at(pod, "metadata.deletionTimestamp");
  return limit > Seconds(0) && !since.empty() && now - parse_rfc3339(since) > limit;
} catch (const BadInput&) {
  return false;
}

void note(Notes& notes, const char* what, const Json& pod) {
  std::string& pods = notes[what];
  pods += (pods.empty() ? "" : ", ") + shown(pod);
}

}  // namespace

std::string shown(const Json& pod) {
  return api::text_at(pod, "metadata.namespace") + "/" + api::text_at(pod, "metadata.name");
}

Drain plan_drain(const Json& pods, const DrainRules& rules, WallTime now) {
  Drain drain;
  Notes refused, warned;
  for (const Json& pod : pods) {
    if (has_long_been_going(pod, rules.skip_deleted, now)) continue;
    const std::string phase = api::text_at(pod, "status.phase");
    const bool ended = phase == "Succeeded" || phase == "Failed";
    const std::string controller = controller_kind(pod);
    if (controller == "DaemonSet" && !ended) {
      if (rules.ignore_daemon_sets) {
        note(warned, "ignoring DaemonSet-managed Pods", pod);
      } else {
        note(refused, "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
             pod);
      }
      continue;
    }
    if (!ended && has_local_data(pod) && !rules.delete_empty_dirs) {
      note(refused,
           "cannot delete Pods with local storage (use --delete-emptydir-data to override)", pod);
    } else if (!ended && controller.empty() && !rules.force) {
      note(refused, "cannot delete Pods that declare no controller (use --force to override)", pod);
    } else {
      if (!ended && controller.empty()) {
        note(warned, "deleting Pods that declare no controller", pod);
      }
      drain.evict.push_back(pod);
    }
  }
  for (const auto& [what, whose] : refused) drain.refused.push_back(what + ": " + whose);
  for (const auto& [what, whose] : warned) {
    drain.warning += (drain.warning.empty() ? "" : "; ") + what + ": " + whose;
  }
  return drain;
}

}  // namespace podrun::client
