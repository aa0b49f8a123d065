#include "supervisor/daemon/pod_container.h"

#include <vector>

#include "supervisor/api/api_error.h"
#include "supervisor/pod/container_choice.h"

namespace podrun::daemon {
namespace {

using api::bad_request;
using store::Json;

std::vector<std::string> names(const Json& spec, const char* list) {
  std::vector<std::string> found;
  if (!spec.contains(list)) return found;
  for (const Json& container : spec[list]) found.push_back(container.value("name", ""));
  return found;
}

}  // namespace

std::string chosen_container(const Json& pod, std::string_view wanted) {
  const auto choice = pod::choose_container(
      pod.at("metadata").value("name", ""),
      {names(pod.at("spec"), "containers"), names(pod.at("spec"), "initContainers")}, wanted);
  if (!choice.problem.empty()) throw bad_request(choice.problem);
  return choice.name;
}

Json container_status(const Json& pod, const std::string& container) {
  const Json status = pod.value("status", Json::object());
  for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
    if (!status.contains(list)) continue;
    for (const Json& each : status[list]) {
      if (each.value("name", "") == container) return each;
    }
  }
  return Json::object();
}

}  // namespace podrun::daemon
