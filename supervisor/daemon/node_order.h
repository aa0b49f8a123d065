// What `podrun node add` orders, before anything is made of it. Pure.
#pragma once

#include "supervisor/pod/node_place.h"
#include "supervisor/store/object.h"

namespace podrun::daemon {

/// What there is to give.
struct MachineShare {
  std::int64_t cpus = 0, memory_bytes = 0;
};

/// {name, cpus: "2", memory: "1Gi"}; 0 where a share is not said. Throws ApiError 400 for what this
/// machine does not have, or no pod could live with.
pod::NodePlace node_place(const store::Json& order, const MachineShare& machine);

}  // namespace podrun::daemon
