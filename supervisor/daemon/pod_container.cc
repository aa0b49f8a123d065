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

std::string default_container(const Json& pod, std::string_view wanted) {
  if (!wanted.empty()) return chosen_container(pod, wanted);
  const Json annotations = pod.at("metadata").value("annotations", Json::object());
  const std::string preferred = annotations.value("kubectl.kubernetes.io/default-container", "");
  if (!preferred.empty()) return chosen_container(pod, preferred);
  return pod.at("spec").at("containers").at(0).value("name", "");
}

void require_running(const Json& pod, const std::string& container) {
  if (container_status(pod, container).value("state", Json::object()).contains("running")) return;
  throw api::ApiError(500, "InternalError",
                      "unable to upgrade connection: container not found (\"" + container + "\")");
}

bool is_true(const api::Request& request, const char* name) {
  const std::string_view value = request.parameter(name);
  return request.has_parameter(name) && value != "false" && value != "0";
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
