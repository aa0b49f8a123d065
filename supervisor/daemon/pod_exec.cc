#include "supervisor/daemon/pod_exec.h"

#include <memory>
#include <string>

#include "supervisor/api/api_error.h"
#include "supervisor/daemon/exec_session.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/daemon/remote_command.h"

namespace podrun::daemon {
namespace {

using store::Json;

ExecPlan plan_of(const Json& pod, const api::Request& request) {
  ExecPlan plan;
  plan.uid = pod.at("metadata").value("uid", "");
  for (const std::string_view word : request.parameters("command")) {
    if (word.find('\0') != std::string_view::npos) {
      throw api::bad_request("command: Invalid value: must not contain a NUL byte");
    }
    plan.order.command.emplace_back(word);
  }
  if (plan.order.command.empty()) throw api::bad_request("you must specify at least 1 command");
  const WantedStreams wanted = wanted_streams(request);
  plan.order.tty = wanted.tty;
  plan.in = wanted.in;
  plan.out = wanted.out;
  plan.err = wanted.err;
  plan.order.container = default_container(pod, request.parameter("container"));
  require_running(pod, plan.order.container);
  return plan;
}

}  // namespace

api::Response PodExec::get(const store::Object& pod, const api::Request& request) const {
  ExecPlan plan = plan_of(*pod.json, request);
  const WantedStreams streams{plan.in, plan.out, plan.err, plan.order.tty};
  const pod::Roots roots = roots_of_(*pod.json);
  return session_answer(request, streams, [this, roots, plan = std::move(plan)](ExecWire& wire) {
    return std::make_unique<ExecSession>(roots, plan, wire, reactor_);
  });
}

}  // namespace podrun::daemon
