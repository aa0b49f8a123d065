#include "supervisor/controllers/controller_ref.h"

#include <algorithm>
#include <utility>

namespace podrun::controllers {

const Json* controller_ref(const Json& object) {
  const Json* references = find(object, {"metadata", "ownerReferences"});
  if (references == nullptr) return nullptr;
  for (const Json& each : *references) {
    if (flag_at(each, {"controller"})) return &each;
  }
  return nullptr;
}

const std::string& controller_uid(const Json& object) {
  const Json* reference = controller_ref(object);
  static const Json none;
  return text_at(reference == nullptr ? none : *reference, {"uid"});
}

Json make_controller_ref(const Json& controller, const char* api_version, const char* kind) {
  return {{"apiVersion", api_version}, {"kind", kind},       {"name", name_of(controller)},
          {"uid", uid_of(controller)}, {"controller", true}, {"blockOwnerDeletion", true}};
}

Claim decide_claim(const Json& controller, const Selector& selector, const Json& object) {
  if (const Json* reference = controller_ref(object)) {
    if (text_at(*reference, {"uid"}) != uid_of(controller)) return Claim::kIgnore;
    if (selector.matches(object)) return Claim::kOwned;
    return is_being_deleted(controller) ? Claim::kIgnore : Claim::kRelease;
  }
  const bool can_adopt =
      selector.matches(object) && !is_being_deleted(controller) && !is_being_deleted(object) &&
      text_at(controller, {"metadata", "namespace"}) == text_at(object, {"metadata", "namespace"});
  return can_adopt ? Claim::kAdopt : Claim::kIgnore;
}

Claims decide_claims(const Json& controller, std::vector<store::Object> objects) {
  const Selector selector = Selector::of(controller);
  Claims claims;
  for (store::Object& each : objects) {
    switch (decide_claim(controller, selector, *each.json)) {
      case Claim::kIgnore:
        break;
      case Claim::kOwned:
        claims.owned.push_back(std::move(each));
        break;
      case Claim::kAdopt:
        claims.adopt.push_back(std::move(each));
        break;
      case Claim::kRelease:
        claims.release.push_back(std::move(each));
        break;
    }
  }
  return claims;
}

Json with_owner(Json object, const Json& owner_ref) {
  object = without_owners(std::move(object), {text_at(owner_ref, {"uid"})});
  object["metadata"]["ownerReferences"].push_back(owner_ref);
  return object;
}

Json without_owners(Json object, const std::vector<std::string>& uids) {
  const Json* references = find(object, {"metadata", "ownerReferences"});
  if (references == nullptr) return object;
  Json kept = Json::array();
  for (const Json& each : *references) {
    if (std::find(uids.begin(), uids.end(), text_at(each, {"uid"})) == uids.end()) {
      kept.push_back(each);
    }
  }
  if (kept.empty()) {
    object["metadata"].erase("ownerReferences");
  } else {
    object["metadata"]["ownerReferences"] = std::move(kept);
  }
  return object;
}

}  // namespace podrun::controllers
