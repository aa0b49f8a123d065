// Who controls an object (its ownerReference with controller: true), and which objects a controller
// takes up or lets go. Kubernetes' ControllerRefManager, pure.
#pragma once

#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"
#include "supervisor/controllers/selector.h"

namespace podrun::controllers {

/// The ownerReference with `controller: true`, or null.
const Json* controller_ref(const Json& object);
/// Its uid, or "".
const std::string& controller_uid(const Json& object);
/// The ownerReference that makes `controller` the controller; it holds up a foreground deletion.
Json make_controller_ref(const Json& controller, const char* api_version, const char* kind);

enum class Claim {
  kIgnore,   // another's, or none of ours
  kOwned,    // ours already, and it matches
  kAdopt,    // an orphan that matches
  kRelease,  // ours, but it no longer matches
};

/// One object. A controller that is being deleted neither adopts nor releases; an object that is
/// being deleted is not adopted. Ownership is by uid: a namesake of a former owner owns nothing.
Claim decide_claim(const Json& controller, const Selector& selector, const Json& object);

struct Claims {
  std::vector<store::Object> owned, adopt, release;
};
Claims decide_claims(const Json& controller, std::vector<store::Object> objects);

/// The object with this owner's reference set; one with the same uid is replaced.
Json with_owner(Json object, const Json& owner_ref);
/// The object without references to owners of these uids.
Json without_owners(Json object, const std::vector<std::string>& uids);

}  // namespace podrun::controllers
