#include "supervisor/controllers/deployment_controller.h"

#include <algorithm>

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/events.h"

namespace podrun::controllers {
namespace {

constexpr const char* kComponent = "deployment-controller";
constexpr const char* kSets = "replicasets.apps";
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

std::int64_t highest_revision(const std::vector<store::Object>& sets) {
  std::int64_t highest = 0;
  for (const store::Object& each : sets) highest = std::max(highest, revision_of(*each.json));
  return highest;
}

void tell_scaled(api::Client& client, const Json& deployment, const std::string& set,
                 std::int64_t from, std::int64_t to) {
  record_normal(client, deployment, kComponent, "ScalingReplicaSet",
                std::string("Scaled ") + (to > from ? "up" : "down") + " replica set " + set +
                    " from " + std::to_string(from) + " to " + std::to_string(to));
}

}  // namespace

struct DeploymentController::Look {
  store::ObjectKey key;
  WallTime now;
  Json deployment;
  ReplicaSets sets;
};

/// Adopts and releases first, then reads what is left.
void DeploymentController::read_sets(Look& look) {
  const Json reference = make_controller_ref(look.deployment, "apps/v1", "Deployment");
  const Claims claims = decide_claims(look.deployment, client_.list(kSets, look.key.namespace_));
  for (const store::Object& each : claims.release) {
    client_.update(each.key, without_owners(*each.json, {uid_of(look.deployment)}));
  }
  for (const store::Object& each : claims.adopt) {
    client_.update(each.key, with_owner(*each.json, reference));
  }
  std::vector<store::Object> owned;
  for (const store::Object& each : client_.list(kSets, look.key.namespace_)) {
    if (controller_uid(*each.json) == uid_of(look.deployment)) owned.push_back(each);
  }
  look.sets = split_sets(look.deployment, std::move(owned));
}

void DeploymentController::write_status(Look& look, Json status) {
  if (same_value(status, look.deployment.value("status", Json::object()))) return;
  Json changed = look.deployment;
  changed["status"] = std::move(status);
  look.deployment = *client_.update_status(look.key, std::move(changed)).json;
}

NextLook DeploymentController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  Look look{key, now, *found->json, {}};
  read_sets(look);
  if (is_being_deleted(look.deployment)) return finish(look, false);
  write_status(look, with_pause(look.deployment, now));
  if (flag_at(look.deployment, {"spec", "paused"}) ||
      is_scaling_event(look.deployment, look.sets)) {
    if (look.sets.latest) ensure_latest(look);
    scale(look, plan_scaling(look.deployment, look.sets));
    clean_up(look);
    return finish(look, false);
  }
  is_rolling(look.deployment) ? roll(look) : recreate(look);
  return finish(look, true);
}

void DeploymentController::roll(Look& look) {
  ensure_latest(look);
  if (scale(look, plan_rolling(look.deployment, look.sets))) return;
  clean_up(look);
}

void DeploymentController::recreate(Look& look) {
  if (look.sets.latest) ensure_latest(look);
  if (scale(look, plan_stop_old(look.sets)) || has_old_pods(look)) return;
  ensure_latest(look);
  scale(look, {{*look.sets.latest, replicas_of(look.deployment)}});
  if (is_complete(look.deployment,
                  deployment_status(look.deployment, look.sets, false, look.now))) {
    clean_up(look);
  }
}

/// The set of the present template with its annotations, made where it is missing.
void DeploymentController::ensure_latest(Look& look) {
  const std::int64_t revision = highest_revision(look.sets.old) + 1;
  if (!look.sets.latest) {
    create_latest(look);
  } else {
    const Json& present = *look.sets.latest->json;
    Json wanted = with_annotations(present, look.deployment, revision);
    const std::int64_t min_ready = number_at(look.deployment, {"spec", "minReadySeconds"});
    if (number_at(present, {"spec", "minReadySeconds"}) != min_ready) {
      wanted["spec"]["minReadySeconds"] = min_ready;
    }
    if (!same_value(wanted, present)) {
      look.sets.latest = client_.update(look.sets.latest->key, std::move(wanted));
    }
    if (condition_of(look.deployment, "Progressing") == nullptr) {
      tell_progress(look, "True", "FoundNewReplicaSet",
                    "Found new replica set \"" + look.sets.latest->key.name + "\"");
    }
  }
  set_revision(look, revision_of(*look.sets.latest->json));
}

void DeploymentController::create_latest(Look& look) {
  const std::string hash = template_hash(look.deployment.at("spec").at("template"),
                                         number_at(look.deployment, {"status", "collisionCount"}));
  const std::int64_t size = next_size_of_latest(look.deployment, look.sets);
  Json wanted = with_annotations(new_set(look.deployment, hash), look.deployment,
                                 highest_revision(look.sets.old) + 1);
  wanted = with_size(std::move(wanted), look.deployment, is_rolling(look.deployment) ? size : 0);
  try {
    look.sets.latest = client_.create(kSets, look.key.namespace_, wanted);
  } catch (const api::ApiError& error) {
    if (error.code() == kConflict) {
      resolve_collision(look, wanted);
    } else {
      tell_progress(
          look, "False", "ReplicaSetCreateError",
          "Failed to create new replica set \"" + name_of(wanted) + "\": " + error.what());
    }
    throw;
  }
  const std::int64_t made = replicas_of(*look.sets.latest->json);
  if (made > 0) tell_scaled(client_, look.deployment, look.sets.latest->key.name, 0, made);
  tell_progress(look, "True", "NewReplicaSetCreated",
                "Created new replica set \"" + look.sets.latest->key.name + "\"");
}

void DeploymentController::tell_progress(Look& look, const char* state, const char* reason,
                                         const std::string& message) {
  if (!has_progress_deadline(look.deployment)) return;
  Json status = look.deployment.value("status", Json::object());
  set_deployment_condition(status, "Progressing", state, reason, message, look.now);
  write_status(look, std::move(status));
}

/// Another set has the name that the hash makes: the next look takes another hash.
void DeploymentController::resolve_collision(Look& look, const Json& wanted) {
  const store::Object* other = client_.get({kSets, look.key.namespace_, name_of(wanted)});
  if (other == nullptr) return;
  Json status = look.deployment.value("status", Json::object());
  status["collisionCount"] = number_at(status, {"collisionCount"}) + 1;
  write_status(look, std::move(status));
}

void DeploymentController::set_revision(Look& look, std::int64_t revision) {
  if (annotation_of(look.deployment, kRevision) == std::to_string(revision)) return;
  Json changed = look.deployment;
  changed["metadata"]["annotations"][kRevision] = std::to_string(revision);
  look.deployment = *client_.update(look.key, std::move(changed)).json;
}

/// True where a size was changed.
bool DeploymentController::scale(Look& look, const ScaleSteps& steps) {
  bool any = false;
  for (const ScaleStep& step : steps) {
    const Json& present = *step.set.json;
    Json wanted = with_size(present, look.deployment, step.replicas);
    if (same_value(wanted, present)) continue;
    const store::Object stored = client_.update(step.set.key, std::move(wanted));
    if (replicas_of(present) != step.replicas) {
      any = true;
      tell_scaled(client_, look.deployment, step.set.key.name, replicas_of(present), step.replicas);
    }
    if (look.sets.latest && look.sets.latest->key == stored.key) look.sets.latest = stored;
    for (store::Object& each : look.sets.old) {
      if (each.key == stored.key) each = stored;
    }
  }
  return any;
}

/// Pods of old sets that may still run; those that are ending, too.
bool DeploymentController::has_old_pods(const Look& look) const {
  std::vector<std::string> uids;
  for (const store::Object& each : look.sets.old) uids.push_back(uid_of(*each.json));
  for (const store::Object& pod : client_.list("pods", look.key.namespace_)) {
    const std::string& phase = text_at(*pod.json, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed") continue;
    const std::string& owner = controller_uid(*pod.json);
    if (std::find(uids.begin(), uids.end(), owner) != uids.end()) return true;
  }
  return false;
}

void DeploymentController::clean_up(Look& look) {
  for (const store::Object& each : sets_to_forget(look.deployment, look.sets.old)) {
    api::DeleteOptions options;
    options.propagation_policy = "Background";
    options.uid = uid_of(*each.json);
    try {
      client_.remove(each.key, options);
    } catch (const api::ApiError& error) {
      if (error.code() != kNotFound) throw;
    }
    std::erase_if(look.sets.old, [&](const store::Object& old) { return old.key == each.key; });
  }
}

NextLook DeploymentController::finish(Look& look, bool estimate) {
  write_status(look, deployment_status(look.deployment, look.sets, estimate, look.now));
  const auto deadline =
      progress_deadline(look.deployment, look.deployment.value("status", Json::object()));
  // A second more: times in a status have no fractions.
  if (!deadline || flag_at(look.deployment, {"spec", "paused"})) return std::nullopt;
  return std::max(*deadline, look.now) + Seconds(1);
}

}  // namespace podrun::controllers
