// What a namespace that is being deleted still holds, told as its status conditions. Pure.
// pkg/controller/namespace/deletion/status_condition_utils.go.
#pragma once

#include <map>
#include <string>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kNamespaceFinalizer = "kubernetes";

struct NamespaceContent {
  std::map<std::string, std::int64_t> objects;  // by "RESOURCE.GROUP": "pods.", "replicasets.apps"
  std::map<std::string, std::int64_t> finalizers;  // how many objects each of them holds
  std::string failure;                             // why something could not be deleted
  bool is_empty() const { return objects.empty(); }
};

/// Counts an object that is still there.
void count_object(NamespaceContent& content, const store::Object& object);

/// The namespace's new .status: its conditions brought up to date, their lastTransitionTime kept
/// where their status did not change.
Json ending_status(const Json& status, const NamespaceContent& content, WallTime now);

/// The namespace without the finalizer that holds it until it is empty.
Json finalized(Json namespace_object);

}  // namespace podrun::controllers
