#include "supervisor/daemon/pod_attach.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "supervisor/daemon/attach_session.h"
#include "supervisor/daemon/exec_session.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/daemon/pod_logs.h"
#include "supervisor/manifest/json.h"

namespace podrun::daemon {
namespace {

using store::Json;

/// Whether the instance that was the `restarts`-th still runs.
bool still_runs(const Json& pod, const std::string& container, int restarts) {
  const Json status = container_status(pod, container);
  return status.value("restartCount", 0) == restarts &&
         status.value("state", Json::object()).contains("running");
}

Json container_of(const Json& pod, const std::string& name) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& each : pod.at("spec").value(list, Json::array())) {
      if (each.value("name", "") == name) return each;
    }
  }
  return Json::object();
}

/// To a container with an input or a terminal: the supervisor has both. Nothing for another one.
std::optional<ExecPlan> direct_plan(const Json& pod, const std::string& name,
                                    const WantedStreams& wanted) {
  const Json container = container_of(pod, name);
  const bool has_input = container.value("stdin", false);
  const bool tty = container.value("tty", false);
  if (!has_input && !tty) return std::nullopt;
  ExecPlan plan;
  plan.uid = pod.at("metadata").value("uid", "");
  plan.order = {name, {}, tty};
  plan.attach = true;
  plan.once = container.value("stdinOnce", false);
  plan.in = wanted.in && has_input;
  plan.out = wanted.out;
  plan.err = wanted.err;
  return plan;
}

}  // namespace

api::Response PodAttach::get(const store::Object& pod, const api::Request& request) const {
  const WantedStreams wanted = wanted_streams(request);
  const std::string container = default_container(*pod.json, request.parameter("container"));
  require_running(*pod.json, container);
  const pod::Roots roots = roots_of_(*pod.json);
  if (auto plan = direct_plan(*pod.json, container, wanted)) {
    return session_answer(request, wanted, [this, roots, plan = std::move(*plan)](ExecWire& wire) {
      return std::make_unique<ExecSession>(roots, plan, wire, reactor_);
    });
  }
  const pod::PodPaths paths = pod::pod_paths(roots, manifest::pod_from_json(*pod.json).metadata);
  const std::string file = log_file(*pod.json, container, false, paths.logs + "/" + container);
  const int restarts = container_status(*pod.json, container).value("restartCount", 0);
  return session_answer(
      request, wanted, [this, wanted, file, container, restarts, key = pod.key](ExecWire& wire) {
        auto session = std::make_unique<AttachSession>(file, wanted, wire, reactor_);
        AttachSession* const raw = session.get();
        session->keep(store_.subscribe([raw, key, container, restarts](const auto& change) {
          if (change.object.key != key) return;
          const bool gone = change.kind == store::ChangeKind::kDeleted;
          if (gone || !still_runs(*change.object.json, container, restarts)) raw->finish();
        }));
        // Between the request and now it may have ended already.
        const store::Object* present = store_.find(key);
        if (present == nullptr || !still_runs(*present->json, container, restarts)) raw->finish();
        return session;
      });
}

}  // namespace podrun::daemon
