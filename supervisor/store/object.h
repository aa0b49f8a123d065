// One stored version of one object: immutable, shared between the store, watchers and caches.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include "supervisor/store/lazy_json.h"

namespace podrun::store {

/// Names an object. `resource` is the plural with its group: "pods", "replicasets.apps".
struct ObjectKey {
  std::string resource;
  std::string namespace_;  // empty for what has none
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
};

/// A version of an object. Copies are cheap.
struct Object {
  ObjectKey key;
  std::int64_t revision = 0;                // metadata.resourceVersion
  LazyJson json;                            // with apiVersion, kind and metadata complete
  std::shared_ptr<const std::string> text;  // the same, as compact JSON: for lists and watches
};

}  // namespace podrun::store
