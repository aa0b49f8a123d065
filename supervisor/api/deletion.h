// What a deletion does to an object: removed at once, marked and waited for, or held by finalizers.
// apiserver/pkg/registry/rest/delete.go and generic/registry/store.go, pure.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "base/clock.h"
#include "supervisor/api/client.h"

namespace podrun::api {

struct Deletion {
  enum class Kind {
    kRemove,     // it is gone now
    kMark,       // `object` replaces it: deletionTimestamp, finalizers
    kUnchanged,  // it is being deleted already, and nothing gets faster
  };
  Kind kind = Kind::kRemove;
  store::Json object;  // as it is after this step; with kRemove, as it was last
};

/// `resource` is the plural with its group: its own defaults apply (pods end gracefully, namespaces
/// wait to be emptied, a ReplicationController or a Job orphans its pods unless told otherwise).
Deletion decide_deletion(const std::string& resource, const store::Json& object,
                         const DeleteOptions& options, WallTime now);

/// Whether an object that was updated to this is to be removed: marked, and nothing holds it.
bool is_ready_to_go(const std::string& resource, const store::Json& object);

}  // namespace podrun::api
