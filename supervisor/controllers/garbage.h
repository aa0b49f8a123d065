// What becomes of an object for its owners' sake, pure: kept, deleted, or its dependents first.
// pkg/controller/garbagecollector.
#pragma once

#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kOrphanFinalizer = "orphan";
inline constexpr const char* kForegroundFinalizer = "foregroundDeletion";

/// What there is of one owner that an object names.
enum class OwnerState {
  kSolid,    // there, or of a kind that is not known here: it may be there
  kAbsent,   // gone; another object of that name is not it
  kWaiting,  // in foreground deletion: it waits for its dependents
};

/// Of an object that others may name as an owner.
struct Dependents {
  bool any = false;
  bool any_blocking = false;  // with blockOwnerDeletion
  bool any_waiting = false;   // in foreground deletion themselves
};

struct GarbageStep {
  enum class Kind {
    kKeep,
    kDelete,            // with `policy`; where `unblock`, first without blockOwnerDeletion
    kDropOwners,        // forget the owners `uids`: another one is left
    kOrphan,            // take the reference to it from its dependents, then its finalizer
    kAwaitDependents,   // delete these first
    kFinishForeground,  // nothing holds it any more: take its finalizer
  };
  Kind kind = Kind::kKeep;
  std::string policy;
  std::vector<std::string> uids;
  bool unblock = false;
};

/// `owners`: the state of each of its ownerReferences, in their order.
GarbageStep decide_garbage(const Json& object, const std::vector<OwnerState>& owners,
                           const Dependents& dependents);

/// In foreground deletion: it waits for its dependents to go.
bool is_waiting_for_dependents(const Json& object);
/// The object names this owner, and holds up its foreground deletion.
bool blocks_deletion(const Json& object, const std::string& owner_uid);
/// The object with blockOwnerDeletion false throughout.
Json without_blocking(Json object);

}  // namespace podrun::controllers
