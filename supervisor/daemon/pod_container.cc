#include "supervisor/daemon/pod_container.h"

#include <vector>

#include "supervisor/api/api_error.h"

namespace podrun::daemon {
namespace {

using api::bad_request;
using store::Json;

/// The names of a pod's containers; init containers apart, as messages list them.
std::vector<std::string> names(const Json& spec, const char* list) {
  std::vector<std::string> found;
  if (!spec.contains(list)) return found;
  for (const Json& container : spec[list]) found.push_back(container.value("name", ""));
  return found;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

/// registry/core/pod/strategy.go, LogLocation.
std::string chosen_container(const Json& pod, std::string_view wanted) {
  const std::string name = pod.at("metadata").value("name", "");
  const auto regular = names(pod.at("spec"), "containers");
  const auto init = names(pod.at("spec"), "initContainers");
  if (wanted.empty()) {
    if (regular.size() == 1 && init.empty()) return regular.front();
    std::string text = "a container name must be specified for pod " + name + ", choose one of: [" +
                       joined(regular) + "]";
    if (!init.empty()) text += " or one of the init containers: [" + joined(init) + "]";
    throw bad_request(text);
  }
  for (const auto* list : {&regular, &init}) {
    for (const std::string& each : *list) {
      if (each == wanted) return each;
    }
  }
  throw bad_request("container " + std::string(wanted) + " is not valid for pod " + name);
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
