#include "supervisor/controllers/garbage_collector.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace podrun::controllers {
namespace {

using store::ChangeKind;
using store::ObjectKey;

constexpr int kNotFound = 404;

/// Events are owned by nobody and many.
bool is_collected(const std::string& resource) { return resource != "events"; }

bool differs(const Json& a, const Json& b, const char* field) {
  const Json* left = find(a, {"metadata", field});
  const Json* right = find(b, {"metadata", field});
  if (left == nullptr || right == nullptr) return left != right;
  return *left != *right;
}

bool has_owners(const Json& object) {
  return find(object, {"metadata", "ownerReferences"}) != nullptr;
}

/// Most objects have no owners and are not ending, and their text tells so without a tree.
bool may_concern(const store::Object& object) {
  const auto says = [&object](std::string_view word) {
    const std::string& text = *object.text;
    return ::memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
  };
  return object.text == nullptr || says("\"ownerReferences\"") || says("\"deletionTimestamp\"");
}

void append(std::vector<ObjectKey>& to, std::vector<ObjectKey> more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

std::vector<ObjectKey> GarbageCollector::observe(const store::Change& change) {
  const store::Object& object = change.object;
  if (!is_collected(object.key.resource)) return {};
  std::vector<ObjectKey> keys;
  if (change.kind == ChangeKind::kDeleted) {
    index_.drop(object.key);
    append(keys, index_.dependents(uid_of(*object.json)));
    append(keys, waiting_owners(object));
    return keys;
  }
  if (!change.previous) {
    index_.put(object);
    if (has_owners(*object.json) || is_being_deleted(*object.json)) keys.push_back(object.key);
    return keys;
  }
  const Json& before = *change.previous->json;
  const bool new_owners = differs(before, *object.json, "ownerReferences");
  if (new_owners) {
    index_.put(object);
    append(keys, waiting_owners(*change.previous));
  }
  const bool is_ending =
      is_being_deleted(*object.json) && (differs(before, *object.json, "deletionTimestamp") ||
                                         differs(before, *object.json, "finalizers"));
  if (new_owners || is_ending) keys.push_back(object.key);
  return keys;
}

std::vector<ObjectKey> GarbageCollector::reread() {
  index_.clear();
  std::vector<ObjectKey> keys;
  for (const ResourceType& type : types_) {
    if (!is_collected(type.resource)) continue;
    for (const store::Object& each : client_.list(type.resource)) {
      if (!may_concern(each)) continue;
      index_.put(each);
      if (has_owners(*each.json) || is_being_deleted(*each.json)) keys.push_back(each.key);
    }
  }
  return keys;
}

OwnerState GarbageCollector::owner_state(const Json& reference, const ObjectKey& dependent) const {
  const std::optional<ObjectKey> key = owner_key(types_, reference, dependent.namespace_);
  if (!key) return OwnerState::kSolid;
  const ResourceType* type = find_type(types_, key->resource);
  // What has no namespace cannot name an owner that has one; Kubernetes keeps it (and warns).
  if (type != nullptr && type->namespaced && dependent.namespace_.empty()) {
    return OwnerState::kSolid;
  }
  const store::Object* owner = client_.get(*key);
  if (owner == nullptr || uid_of(*owner->json) != text_at(reference, {"uid"})) {
    return OwnerState::kAbsent;
  }
  return is_waiting_for_dependents(*owner->json) ? OwnerState::kWaiting : OwnerState::kSolid;
}

std::vector<OwnerState> GarbageCollector::owner_states(const store::Object& object) const {
  std::vector<OwnerState> states;
  if (const Json* references = find(*object.json, {"metadata", "ownerReferences"})) {
    for (const Json& each : *references) states.push_back(owner_state(each, object.key));
  }
  return states;
}

std::vector<store::Object> GarbageCollector::dependents(const Json& owner) const {
  std::vector<store::Object> found;
  const std::string& uid = uid_of(owner);
  for (const ObjectKey& key : index_.dependents(uid)) {
    const store::Object* object = client_.get(key);
    if (object == nullptr) continue;
    const std::vector<std::string> uids = owner_uids(*object->json);
    if (std::find(uids.begin(), uids.end(), uid) != uids.end()) found.push_back(*object);
  }
  return found;
}

std::vector<ObjectKey> GarbageCollector::waiting_owners(const store::Object& object) const {
  std::vector<ObjectKey> keys;
  const Json* references = find(*object.json, {"metadata", "ownerReferences"});
  if (references == nullptr) return keys;
  for (const Json& each : *references) {
    const std::optional<ObjectKey> key = owner_key(types_, each, object.key.namespace_);
    if (key && owner_state(each, object.key) == OwnerState::kWaiting) keys.push_back(*key);
  }
  return keys;
}

std::vector<ObjectKey> GarbageCollector::sync(const ObjectKey& key) {
  const store::Object* found = client_.get(key);
  if (found == nullptr) return {};
  const store::Object object = *found;
  const std::vector<store::Object> children = dependents(*object.json);
  Dependents facts;
  for (const store::Object& each : children) {
    facts.any = true;
    facts.any_blocking |= blocks_deletion(*each.json, uid_of(*object.json));
    facts.any_waiting |= is_waiting_for_dependents(*each.json);
  }
  const GarbageStep step = decide_garbage(*object.json, owner_states(object), facts);
  std::vector<ObjectKey> next;
  try {
    switch (step.kind) {
      case GarbageStep::Kind::kKeep:
        break;
      case GarbageStep::Kind::kDelete:
        delete_object(object, step);
        break;
      case GarbageStep::Kind::kDropOwners:
        client_.update(key, without_owners(*object.json, step.uids));
        break;
      case GarbageStep::Kind::kOrphan:
        orphan_dependents(object);
        break;
      case GarbageStep::Kind::kAwaitDependents:
        for (const store::Object& each : children) {
          if (!is_being_deleted(*each.json)) next.push_back(each.key);
        }
        break;
      case GarbageStep::Kind::kFinishForeground: {
        Json changed = *object.json;
        drop_finalizer(changed, kForegroundFinalizer);
        client_.update(key, std::move(changed));
        break;
      }
    }
  } catch (const api::ApiError& error) {
    if (error.code() != kNotFound) throw;
  }
  return next;
}

/// By a look at everything instead of the index: with the finalizer gone, a dependent that was
/// missed would be deleted as an orphan's opposite.
void GarbageCollector::orphan_dependents(const store::Object& owner) {
  const std::string uid = uid_of(*owner.json);
  for (const ResourceType& type : types_) {
    if (!is_collected(type.resource)) continue;
    for (const store::Object& each : client_.list(type.resource, owner.key.namespace_)) {
      const std::vector<std::string> uids = owner_uids(*each.json);
      if (std::find(uids.begin(), uids.end(), uid) == uids.end()) continue;
      try {
        client_.update(each.key, without_owners(*each.json, {uid}));
      } catch (const api::ApiError& error) {
        if (error.code() != kNotFound) throw;
      }
    }
  }
  Json changed = *owner.json;
  drop_finalizer(changed, kOrphanFinalizer);
  client_.update(owner.key, std::move(changed));
}

void GarbageCollector::delete_object(const store::Object& object, const GarbageStep& step) {
  api::DeleteOptions options;
  options.propagation_policy = step.policy;
  options.uid = uid_of(*object.json);
  options.resource_version = text_at(*object.json, {"metadata", "resourceVersion"});
  if (step.unblock) {
    const store::Object changed = client_.update(object.key, without_blocking(*object.json));
    options.resource_version = text_at(*changed.json, {"metadata", "resourceVersion"});
  }
  client_.remove(object.key, options);
}

}  // namespace podrun::controllers
