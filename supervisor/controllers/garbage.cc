#include "supervisor/controllers/garbage.h"

namespace podrun::controllers {
namespace {

using Kind = GarbageStep::Kind;

std::string policy_by_finalizer(const Json& object) {
  if (has_finalizer(object, kOrphanFinalizer)) return "Orphan";
  return has_finalizer(object, kForegroundFinalizer) ? "Foreground" : "Background";
}

GarbageStep step_of_ending(const Json& object, const Dependents& dependents) {
  if (has_finalizer(object, kOrphanFinalizer)) return {Kind::kOrphan, {}, {}, false};
  if (!has_finalizer(object, kForegroundFinalizer)) return {};
  return {
      dependents.any_blocking ? Kind::kAwaitDependents : Kind::kFinishForeground, {}, {}, false};
}

}  // namespace

bool is_waiting_for_dependents(const Json& object) {
  return is_being_deleted(object) && has_finalizer(object, kForegroundFinalizer);
}

bool blocks_deletion(const Json& object, const std::string& owner_uid) {
  const Json* references = find(object, {"metadata", "ownerReferences"});
  if (references == nullptr) return false;
  for (const Json& each : *references) {
    if (text_at(each, {"uid"}) == owner_uid && flag_at(each, {"blockOwnerDeletion"})) return true;
  }
  return false;
}

Json without_blocking(Json object) {
  if (find(object, {"metadata", "ownerReferences"}) == nullptr) return object;
  for (Json& each : object["metadata"]["ownerReferences"]) {
    if (flag_at(each, {"blockOwnerDeletion"})) each["blockOwnerDeletion"] = false;
  }
  return object;
}

GarbageStep decide_garbage(const Json& object, const std::vector<OwnerState>& owners,
                           const Dependents& dependents) {
  if (is_being_deleted(object)) return step_of_ending(object, dependents);
  const Json* references = find(object, {"metadata", "ownerReferences"});
  if (references == nullptr || references->empty()) return {};
  bool any_solid = false, any_waiting = false;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    any_solid |= owners[i] == OwnerState::kSolid;
    any_waiting |= owners[i] == OwnerState::kWaiting;
    if (owners[i] != OwnerState::kSolid) others.push_back(text_at(references->at(i), {"uid"}));
  }
  if (any_solid) {
    if (others.empty()) return {};
    return {Kind::kDropOwners, {}, std::move(others), false};
  }
  // An owner that waits is to see the dependents' own dependents go, too; where these wait in turn,
  // blocking would be a circle.
  if (any_waiting && dependents.any) {
    return {Kind::kDelete, "Foreground", {}, dependents.any_waiting};
  }
  return {Kind::kDelete, policy_by_finalizer(object), {}, false};
}

}  // namespace podrun::controllers
