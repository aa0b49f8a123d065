#include "supervisor/controllers/deployment_status.h"

#include <limits>

namespace podrun::controllers {
namespace {

std::int64_t sum_of(const std::vector<store::Object>& sets, const char* field) {
  std::int64_t sum = 0;
  for (const store::Object& each : sets) sum += number_at(*each.json, {"status", field});
  return sum;
}

/// progressDeadlineSeconds; the largest int32 means none.
std::optional<Seconds> deadline_of(const Json& deployment) {
  const std::int64_t given = number_at(deployment, {"spec", "progressDeadlineSeconds"}, 600);
  if (given == std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  return Seconds(given);
}

void drop_condition(Json& status, const char* type) {
  if (find_condition(status, type) == nullptr) return;
  Json kept = Json::array();
  for (const Json& each : status["conditions"]) {
    if (text_at(each, {"type"}) != type) kept.push_back(each);
  }
  status["conditions"] = std::move(kept);
}

Json counts(const Json& deployment, const ReplicaSets& sets) {
  const std::vector<store::Object> all = sets.all();
  std::int64_t wanted = 0;
  for (const store::Object& each : all) wanted += replicas_of(*each.json);
  Json status = Json::object();
  const auto set = [&status](const char* name, std::int64_t value) {
    if (value > 0) status[name] = value;
  };
  set("observedGeneration", number_at(deployment, {"metadata", "generation"}));
  set("replicas", sum_of(all, "replicas"));
  if (sets.latest) set("updatedReplicas", number_at(*sets.latest->json, {"status", "replicas"}));
  set("readyReplicas", sum_of(all, "readyReplicas"));
  set("availableReplicas", sum_of(all, "availableReplicas"));
  set("unavailableReplicas", wanted - sum_of(all, "availableReplicas"));
  set("collisionCount", number_at(deployment, {"status", "collisionCount"}));
  if (const Json* conditions = find(deployment, {"status", "conditions"})) {
    status["conditions"] = *conditions;
  }
  return status;
}

bool makes_progress(const Json& before, const Json& after) {
  const auto old_ones = [](const Json& status) {
    return number_at(status, {"replicas"}) - number_at(status, {"updatedReplicas"});
  };
  const auto grew = [&](const char* field) {
    return number_at(after, {field}) > number_at(before, {field});
  };
  return grew("updatedReplicas") || grew("readyReplicas") || grew("availableReplicas") ||
         old_ones(after) < old_ones(before);
}

void judge_progress(const Json& deployment, const ReplicaSets& sets, Json& status, WallTime now) {
  const std::string who = sets.latest ? "ReplicaSet \"" + sets.latest->key.name + "\" "
                                      : "Deployment \"" + name_of(deployment) + "\" ";
  const Json before = deployment.value("status", Json::object());
  const std::optional<WallTime> deadline = progress_deadline(deployment, status);
  if (is_complete(deployment, status)) {
    set_deployment_condition(status, "Progressing", "True", "NewReplicaSetAvailable",
                             who + "has successfully progressed.", now);
  } else if (makes_progress(before, status)) {
    // lastUpdateTime is what the deadline counts from: it moves though the reason stays.
    const Json* present = find_condition(status, "Progressing");
    const bool is_true = present != nullptr && text_at(*present, {"status"}) == "True";
    const Json since = is_true ? present->at("lastTransitionTime") : Json(rfc3339(now));
    drop_condition(status, "Progressing");
    set_deployment_condition(status, "Progressing", "True", "ReplicaSetUpdated",
                             who + "is progressing.", now);
    status["conditions"].back()["lastTransitionTime"] = since;
  } else if (deadline && *deadline < now) {
    set_deployment_condition(status, "Progressing", "False", "ProgressDeadlineExceeded",
                             who + "has timed out progressing.", now);
  }
}

void tell_failure(const ReplicaSets& sets, Json& status) {
  const Json* failure = nullptr;
  if (sets.latest) failure = condition_of(*sets.latest->json, "ReplicaFailure");
  for (const store::Object& each : sets.old) {
    if (failure == nullptr) failure = condition_of(*each.json, "ReplicaFailure");
  }
  const Json* present = find_condition(status, "ReplicaFailure");
  const auto same = [&](const char* field) {
    return text_at(*present, {field}) == text_at(*failure, {field});
  };
  if (present != nullptr && failure != nullptr && same("status") && same("reason")) return;
  drop_condition(status, "ReplicaFailure");
  if (failure == nullptr) return;
  Json condition = {{"type", "ReplicaFailure"},
                    {"status", text_at(*failure, {"status"})},
                    {"lastUpdateTime", text_at(*failure, {"lastTransitionTime"})},
                    {"lastTransitionTime", text_at(*failure, {"lastTransitionTime"})},
                    {"reason", text_at(*failure, {"reason"})},
                    {"message", text_at(*failure, {"message"})}};
  status["conditions"].push_back(std::move(condition));
}

}  // namespace

void set_deployment_condition(Json& status, const char* type, const char* state, const char* reason,
                              const std::string& message, WallTime now) {
  std::string since = rfc3339(now);
  if (const Json* present = find_condition(status, type)) {
    const bool is_same_state = text_at(*present, {"status"}) == state;
    if (is_same_state && text_at(*present, {"reason"}) == reason) return;
    if (is_same_state) since = text_at(*present, {"lastTransitionTime"});
  }
  drop_condition(status, type);
  status["conditions"].push_back({{"type", type},
                                  {"status", state},
                                  {"lastUpdateTime", rfc3339(now)},
                                  {"lastTransitionTime", since},
                                  {"reason", reason},
                                  {"message", message}});
}

bool is_complete(const Json& deployment, const Json& status) {
  const std::int64_t wanted = replicas_of(deployment);
  return number_at(status, {"updatedReplicas"}) == wanted &&
         number_at(status, {"replicas"}) == wanted &&
         number_at(status, {"availableReplicas"}) == wanted &&
         number_at(status, {"observedGeneration"}) >=
             number_at(deployment, {"metadata", "generation"});
}

bool has_progress_deadline(const Json& deployment) { return deadline_of(deployment).has_value(); }

std::optional<WallTime> progress_deadline(const Json& deployment, const Json& status) {
  const std::optional<Seconds> deadline = deadline_of(deployment);
  const Json* condition = find_condition(status, "Progressing");
  if (!deadline || condition == nullptr || is_complete(deployment, status)) return std::nullopt;
  const std::string& reason = text_at(*condition, {"reason"});
  if (reason == "NewReplicaSetAvailable" || reason == "ProgressDeadlineExceeded") {
    return std::nullopt;
  }
  const std::optional<WallTime> since = time_at(*condition, {"lastUpdateTime"});
  if (!since) return std::nullopt;
  return *since + *deadline;
}

Json deployment_status(const Json& deployment, const ReplicaSets& sets, bool estimate,
                       WallTime now) {
  Json status = counts(deployment, sets);
  const bool is_available = number_at(status, {"availableReplicas"}) >=
                            replicas_of(deployment) - max_unavailable(deployment);
  set_deployment_condition(status, "Available", is_available ? "True" : "False",
                           is_available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                           is_available ? "Deployment has minimum availability."
                                        : "Deployment does not have minimum availability.",
                           now);
  if (!estimate) return status;
  if (!has_progress_deadline(deployment)) drop_condition(status, "Progressing");
  const Json* progressing = find_condition(status, "Progressing");
  // A rollout that was completed is not judged again: what follows is scaling, or pods that failed.
  const bool was_complete =
      number_at(status, {"replicas"}) == number_at(status, {"updatedReplicas"}) &&
      progressing != nullptr && text_at(*progressing, {"reason"}) == "NewReplicaSetAvailable";
  if (has_progress_deadline(deployment) && !was_complete)
    judge_progress(deployment, sets, status, now);
  tell_failure(sets, status);
  return status;
}

Json with_pause(const Json& deployment, WallTime now) {
  Json status = deployment.value("status", Json::object());
  if (!has_progress_deadline(deployment)) return status;
  const Json* progressing = find_condition(status, "Progressing");
  const std::string reason = progressing == nullptr ? "" : text_at(*progressing, {"reason"});
  if (reason == "ProgressDeadlineExceeded") return status;
  const bool is_paused = flag_at(deployment, {"spec", "paused"});
  if (is_paused && reason != "DeploymentPaused") {
    set_deployment_condition(status, "Progressing", "Unknown", "DeploymentPaused",
                             "Deployment is paused", now);
  } else if (!is_paused && reason == "DeploymentPaused") {
    set_deployment_condition(status, "Progressing", "Unknown", "DeploymentResumed",
                             "Deployment is resumed", now);
  }
  return status;
}

}  // namespace podrun::controllers
