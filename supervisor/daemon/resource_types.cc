#include "supervisor/daemon/resource_types.h"

#include "supervisor/api/served.h"

namespace podrun::daemon {

controllers::ResourceTypes resource_types() {
  controllers::ResourceTypes types;
  for (const api::ServedResource& each : api::served_resources()) {
    // One resource that is served in two groups is stored in one; bindings and reviews are not.
    if (!each.stored_group.empty() || !each.is_stored()) continue;
    types.push_back({each.key(), std::string(each.group), std::string(each.kind), each.namespaced});
  }
  return types;
}

}  // namespace podrun::daemon
