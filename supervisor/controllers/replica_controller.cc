#include "supervisor/controllers/replica_controller.h"

#include <exception>

#include "supervisor/controllers/pod_control.h"

namespace podrun::controllers {
namespace {

constexpr int kConflict = 409;

}  // namespace

std::vector<store::Object> ReplicaController::pods(const store::ObjectKey& key) const {
  return client_.list("pods", key.namespace_);
}

NodeLoad ReplicaController::load(const Json& controller,
                                 const std::vector<store::Object>& pods) const {
  return related_load(
      controller,
      controller_uid(controller).empty()
          ? std::vector<store::Object>()
          : client_.list(kind_.resource, text_at(controller, {"metadata", "namespace"})),
      pods);
}

NextLook ReplicaController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const store::Object object = *found;
  const Json& controller = *object.json;
  std::vector<store::Object> all = pods(key);
  const NodeLoad nodes = load(controller, all);
  ReplicaPlan plan = plan_replicas(controller, all, nodes, now);
  if (!plan.adopt.empty() || !plan.release.empty()) {
    claim(controller, plan);
    plan = plan_replicas(controller, pods(key), nodes, now);
  }
  std::optional<ReplicaFailure> failure;
  std::exception_ptr thrown;
  try {
    if (plan.create > 0) create(controller, plan.create);
    delete_pods(client_, controller, kind_.component, plan.remove);
  } catch (const api::ApiError& error) {
    if (plan.create > 0) failure = {"FailedCreate", error.what()};
    if (plan.create == 0 && error.code() != kConflict) failure = {"FailedDelete", error.what()};
    thrown = std::current_exception();
  }
  const NextLook next = write_status(key, failure, now);
  if (thrown) std::rethrow_exception(thrown);
  return plan.is_cut ? NextLook(now) : next;
}

void ReplicaController::claim(const Json& controller, const ReplicaPlan& plan) {
  const Json reference = make_controller_ref(controller, kind_.api_version, kind_.kind);
  for (const store::Object& pod : plan.release) {
    replace_owners(client_, pod, without_owners(*pod.json, {uid_of(controller)}));
  }
  for (const store::Object& pod : plan.adopt) {
    replace_owners(client_, pod, with_owner(*pod.json, reference));
  }
}

void ReplicaController::create(const Json& controller, std::int64_t count) {
  const Json reference = make_controller_ref(controller, kind_.api_version, kind_.kind);
  create_pods(client_, controller, kind_.component, static_cast<std::size_t>(count),
              [&](std::size_t) { return pod_from_template(controller, reference); });
}

/// From a fresh look, so that the counts are those after what was just done.
NextLook ReplicaController::write_status(const store::ObjectKey& key,
                                         const std::optional<ReplicaFailure>& failure,
                                         WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const store::Object object = *found;
  const std::vector<store::Object> owned = decide_claims(*object.json, active_of(pods(key))).owned;
  Json status = replica_status(*object.json, owned, failure, now);
  if (!same_value(status, object.json->value("status", Json()))) {
    Json changed = *object.json;
    changed["status"] = std::move(status);
    unless_gone([&] { client_.update_status(key, std::move(changed)); });
  }
  return next_available(*object.json, owned, now);
}

}  // namespace podrun::controllers
