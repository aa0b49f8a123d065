#include "supervisor/daemon/pod_exec.h"

#include <memory>
#include <string>

#include "supervisor/api/api_error.h"
#include "supervisor/api/server/websocket.h"
#include "supervisor/daemon/exec_spdy.h"
#include "supervisor/daemon/exec_websocket.h"
#include "supervisor/daemon/pod_container.h"

namespace podrun::daemon {
namespace {

using store::Json;

bool is_true(const api::Request& request, const char* name) {
  const std::string_view value = request.parameter(name);
  return request.has_parameter(name) && value != "false" && value != "0";
}

/// The named one, the one that the pod's annotation names, or the first.
std::string container_of(const Json& pod, std::string_view named) {
  if (!named.empty()) return chosen_container(pod, named);
  const Json annotations = pod.at("metadata").value("annotations", Json::object());
  const std::string preferred = annotations.value("kubectl.kubernetes.io/default-container", "");
  if (!preferred.empty()) return chosen_container(pod, preferred);
  return pod.at("spec").at("containers").at(0).value("name", "");
}

ExecPlan plan_of(const Json& pod, const api::Request& request) {
  ExecPlan plan;
  plan.uid = pod.at("metadata").value("uid", "");
  for (const std::string_view word : request.parameters("command")) {
    if (word.find('\0') != std::string_view::npos) {
      throw api::bad_request("command: Invalid value: must not contain a NUL byte");
    }
    plan.order.command.emplace_back(word);
  }
  // ValidatePodExecOptions, and its streams' check in kubelet.
  if (plan.order.command.empty()) throw api::bad_request("you must specify at least 1 command");
  plan.order.tty = is_true(request, "tty");
  plan.in = is_true(request, "stdin");
  plan.out = is_true(request, "stdout");
  plan.err = is_true(request, "stderr") && !plan.order.tty;
  if (!plan.in && !plan.out && !plan.err) {
    throw api::bad_request("you must specify at least 1 of stdin, stdout, stderr");
  }
  plan.order.container = container_of(pod, request.parameter("container"));
  const Json status = container_status(pod, plan.order.container);
  if (!status.value("state", Json::object()).contains("running")) {
    throw api::ApiError(
        500, "InternalError",
        "unable to upgrade connection: container not found (\"" + plan.order.container + "\")");
  }
  return plan;
}

}  // namespace

api::Response PodExec::get(const store::Object& pod, const api::Request& request) const {
  ExecPlan plan = plan_of(*pod.json, request);
  const std::size_t streams = 1u + plan.in + plan.out + plan.err + plan.order.tty;
  ExecStart start = [this, plan = std::move(plan)](ExecWire& wire) {
    return std::make_unique<ExecSession>(roots_, plan, wire, reactor_);
  };
  api::Response response;
  if (api::is_websocket(request)) {
    response = api::websocket_answer(request, kExecProtocols);
    response.upgrade = [start = std::move(start)](std::shared_ptr<api::UpgradeSink> sink) {
      return exec_over_websocket(std::move(sink), start);
    };
  } else if (is_spdy(request)) {
    response = spdy_answer(request);
    response.upgrade = [start = std::move(start), streams](std::shared_ptr<api::UpgradeSink> sink) {
      return exec_over_spdy(std::move(sink), streams, start);
    };
  } else {
    throw api::bad_request("Upgrade request required");
  }
  return response;
}

}  // namespace podrun::daemon
