// What the API server does to an object besides admission, by kind: what a client may not set, what
// a new object begins with, what an update must leave alone. Kubernetes' registry strategies, pure.
#pragma once

#include <string>

#include "base/clock.h"
#include "supervisor/store/object.h"

namespace podrun::api {

/// Which part of an object a request writes: the main resource leaves status alone, and the other
/// way round. kResize: of a pod, its containers' resources.
enum class Part { kMain, kStatus, kResize };

struct NewObject {
  std::string namespace_;  // empty for what has none
  std::string uid;
  WallTime now;
};

/// Gives a new object its metadata and first status; what a client set there is dropped.
void prepare_create(const std::string& resource, store::Json& object, const NewObject& given);
/// Makes `object` a successor of `old`: what is not its part or not a client's is as in `old`, and
/// generation counts the changes of spec.
void prepare_update(const std::string& resource, Part part, store::Json& object,
                    const store::Json& old);
/// Whether the kind keeps its status in a subresource.
bool has_status(const std::string& resource);

}  // namespace podrun::api
