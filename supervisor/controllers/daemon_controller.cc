#include "supervisor/controllers/daemon_controller.h"

#include <algorithm>
#include <exception>

#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/events.h"
#include "supervisor/controllers/pod_control.h"
#include "supervisor/controllers/pod_state.h"

namespace podrun::controllers {
namespace {

constexpr const char* kComponent = "daemonset-controller";
constexpr int kConflict = 409;
/// The most that one look creates or deletes (daemon.BurstReplicas).
constexpr std::size_t kBurst = 250;

Json reference_to(const Json& set) { return make_controller_ref(set, "apps/v1", "DaemonSet"); }

bool selects_everything(const Json& set) {
  const Json* selector = find(set, {"spec", "selector"});
  return selector == nullptr || selector->empty();
}

NextLook earlier(NextLook one, NextLook other) {
  if (!one || !other) return one ? one : other;
  return std::min(*one, *other);
}

}  // namespace

/// What the set owns, after it took up and let go what is due.
std::vector<store::Object> DaemonController::claimed(const Json& set, const char* resource) {
  const std::string& space = text_at(set, {"metadata", "namespace"});
  const Claims claims = decide_claims(set, client_.list(resource, space));
  if (claims.adopt.empty() && claims.release.empty()) return claims.owned;
  for (const store::Object& each : claims.release) {
    replace_owners(client_, each, without_owners(*each.json, {uid_of(set)}));
  }
  for (const store::Object& each : claims.adopt) {
    replace_owners(client_, each, with_owner(*each.json, reference_to(set)));
  }
  return decide_claims(set, client_.list(resource, space)).owned;
}

NextLook DaemonController::sync(const store::ObjectKey& key, WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr || is_being_deleted(*found->json)) return std::nullopt;
  const store::Object object = *found;
  const Json& set = *object.json;
  if (selects_everything(set)) {
    record_warning(client_, set, kComponent, "SelectingAll",
                   "This daemon set is selecting all pods. A non-empty selector is required.");
    return std::nullopt;
  }
  const Revisions revisions = sync_revisions(set);
  const std::string hash = hash_of(*revisions.current->json);
  const std::vector<store::Object> nodes = client_.list("nodes");
  const std::vector<store::Object> pods = claimed(set, "pods");
  DaemonPlan plan = plan_daemons(set, nodes, pods, hash, backoff_, now);
  const NextLook next = plan.next;
  if (plan.empty()) plan = plan_daemon_rollout(set, nodes, pods, hash, now);
  std::exception_ptr failure;
  try {
    act(set, plan, hash, now);
  } catch (const api::ApiError&) {
    failure = std::current_exception();
  }
  for (const store::Object& each : revisions_to_forget(set, revisions.old, pods)) {
    unless_gone([&] { client_.remove(each.key, {}); });
  }
  const NextLook later = write_status(key, hash, now);
  if (failure) std::rethrow_exception(failure);
  // What was done is told as a change, which leads to the next step.
  return earlier(next, later);
}

Revisions DaemonController::sync_revisions(const Json& set) {
  Revisions revisions = split_revisions(set, claimed(set, kControllerRevisions));
  if (!revisions.current) {
    revisions.current = make_revision(set, revisions.number);
  } else if (number_at(*revisions.current->json, {"revision"}) < revisions.number) {
    Json changed = *revisions.current->json;
    changed["revision"] = revisions.number;
    revisions.current = client_.update(revisions.current->key, std::move(changed));
  }
  return revisions;
}

store::Object DaemonController::make_revision(const Json& set, std::int64_t number) {
  const Json made = new_revision(set, reference_to(set), number);
  const std::string& space = text_at(set, {"metadata", "namespace"});
  try {
    return client_.create(kControllerRevisions, space, made);
  } catch (const api::ApiError& error) {
    const store::Object* other = client_.get({kControllerRevisions, space, name_of(made)});
    if (error.code() != kConflict || other == nullptr) throw;
    if (keeps_template(*other->json, set)) return *other;
    // Two templates with one hash: the next look makes another.
    Json changed = set;
    changed["status"]["collisionCount"] = number_at(set, {"status", "collisionCount"}) + 1;
    client_.update_status({kDaemonSets, space, name_of(set)}, std::move(changed));
    throw;
  }
}

void DaemonController::act(const Json& set, const DaemonPlan& plan, const std::string& hash,
                           WallTime now) {
  std::vector<store::Object> removed;
  removed.reserve(plan.remove.size());
  for (const DaemonRemoval& each : plan.remove) {
    if (removed.size() == kBurst) break;
    if (each.reason == "FailedDaemonPod") {
      record_warning(client_, set, kComponent, each.reason.c_str(), each.message);
    } else if (!each.reason.empty()) {
      record_normal(client_, set, kComponent, each.reason.c_str(), each.message);
    }
    if (!each.failed_on.empty()) backoff_.note(backoff_key(set, each.failed_on), now);
    removed.push_back(each.pod);
  }
  std::exception_ptr failure;
  try {
    const Json reference = reference_to(set);
    create_pods(client_, set, kComponent, std::min(plan.create.size(), kBurst),
                [&](std::size_t i) { return daemon_pod(set, reference, plan.create[i], hash); });
  } catch (const api::ApiError&) {
    failure = std::current_exception();
  }
  delete_pods(client_, set, kComponent, removed);
  if (failure) std::rethrow_exception(failure);
}

/// From a fresh look, so that the counts are those after what was just done.
NextLook DaemonController::write_status(const store::ObjectKey& key, const std::string& hash,
                                        WallTime now) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return std::nullopt;
  const store::Object object = *found;
  const std::vector<store::Object> pods =
      decide_claims(*object.json, client_.list("pods", key.namespace_)).owned;
  Json status = daemon_status(*object.json, client_.list("nodes"), pods, hash, now);
  if (!same_value(status, object.json->value("status", Json()))) {
    Json changed = *object.json;
    changed["status"] = std::move(status);
    unless_gone([&] { client_.update_status(key, std::move(changed)); });
  }
  return next_available(*object.json, pods, now);
}

}  // namespace podrun::controllers
