#include "supervisor/controllers/replica_controller.h"

#include <exception>

#include "supervisor/controllers/events.h"

namespace podrun::controllers {
namespace {

constexpr int kNotFound = 404;
constexpr int kConflict = 409;

bool is_namespace_ending(const api::Client& client, const std::string& name) {
  const store::Object* object = client.get({"namespaces", "", name});
  return object != nullptr && is_being_deleted(*object->json);
}

/// Calls `act`; false where the object is gone by now.
template <typename Act>
bool unless_gone(Act act) {
  try {
    act();
    return true;
  } catch (const api::ApiError& error) {
    if (error.code() != kNotFound) throw;
    return false;
  }
}

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
    if (plan.create > 0) create_pods(controller, plan.create);
    delete_pods(controller, plan.remove);
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
    replace_owners(pod, without_owners(*pod.json, {uid_of(controller)}));
  }
  for (const store::Object& pod : plan.adopt) replace_owners(pod, with_owner(*pod.json, reference));
}

/// The resourceVersion within makes it a conflict where the pod changed since it was judged.
void ReplicaController::replace_owners(const store::Object& pod, Json changed) {
  unless_gone([&] { client_.update(pod.key, std::move(changed)); });
}

void ReplicaController::create_pods(const Json& controller, std::int64_t count) {
  const std::string& space = text_at(controller, {"metadata", "namespace"});
  // Every creation would be refused, and the namespace takes the controller with it.
  if (is_namespace_ending(client_, space)) return;
  const Json reference = make_controller_ref(controller, kind_.api_version, kind_.kind);
  const Json pod = pod_from_template(controller, reference);
  for (const std::int64_t batch : slow_start_batches(count)) {
    std::exception_ptr first;
    for (std::int64_t i = 0; i < batch; ++i) {
      try {
        const store::Object created = client_.create("pods", space, pod);
        record_normal(client_, controller, kind_.component, "SuccessfulCreate",
                      "Created pod: " + created.key.name);
      } catch (const api::ApiError& error) {
        record_warning(client_, controller, kind_.component, "FailedCreate",
                       std::string("Error creating: ") + error.what());
        if (!first) first = std::current_exception();
      }
    }
    if (first) std::rethrow_exception(first);
  }
}

void ReplicaController::delete_pods(const Json& controller,
                                    const std::vector<store::Object>& pods) {
  std::exception_ptr first;
  for (const store::Object& pod : pods) {
    // A pod that changed hands or labels since it was chosen is not ours to delete.
    api::DeleteOptions options;
    options.uid = uid_of(*pod.json);
    options.resource_version = text_at(*pod.json, {"metadata", "resourceVersion"});
    try {
      if (unless_gone([&] { client_.remove(pod.key, options); })) {
        record_normal(client_, controller, kind_.component, "SuccessfulDelete",
                      "Deleted pod: " + pod.key.name);
      }
    } catch (const api::ApiError& error) {
      if (error.code() != kConflict) {
        record_warning(client_, controller, kind_.component, "FailedDelete",
                       std::string("Error deleting: ") + error.what());
      }
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
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
