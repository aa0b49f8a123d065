// What controllers of pods do alike: make them, delete them, change whose they are, and tell of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// Calls `act`; false where the object is gone by now.
template <typename Act>
bool unless_gone(Act act) {
  try {
    act();
    return true;
  } catch (const api::ApiError& error) {
    constexpr int kNotFound = 404;
    if (error.code() != kNotFound) throw;
    return false;
  }
}

/// Nothing can be made in it any more.
bool is_namespace_ending(const api::Client& client, const std::string& name);
/// As many as `count`, in batches that grow; stops after a batch with a failure and throws the
/// first one. In a namespace that is being deleted, which takes the controller with it, nothing is
/// made.
void create_pods(api::Client& client, const Json& controller, const char* component,
                 std::size_t count, const std::function<Json(std::size_t)>& pod_at);
/// All of them; throws the first failure at the end. A pod that changed since it was chosen is a
/// conflict: it may have changed hands.
void delete_pods(api::Client& client, const Json& controller, const char* component,
                 const std::vector<store::Object>& pods);
/// `changed`: the object with other ownerReferences. A conflict where it changed since.
void replace_owners(api::Client& client, const store::Object& object, Json changed);

}  // namespace podrun::controllers
