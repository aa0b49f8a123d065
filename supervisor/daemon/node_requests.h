// Nodes of this machine over HTTP, for `podrun node add|remove|partition|heal`. Kubernetes has
// nothing like it: the paths are podrun's own.
//
//   GET    /podrun/v1/nodes                 {"items": [{name, pid, partitioned, removing, said}]}
//   POST   /podrun/v1/nodes                 {name, cpus: "2", memory: "1Gi", labels: {…}}
//   DELETE /podrun/v1/nodes/NAME            it goes from then on; gone where it is not listed
//   POST   /podrun/v1/nodes/NAME/partition  its agent does not reach the API any more
//   POST   /podrun/v1/nodes/NAME/heal       and does again
#pragma once

#include <optional>

#include "supervisor/api/http.h"
#include "supervisor/api/registry.h"
#include "supervisor/daemon/added_nodes.h"

namespace podrun::daemon {

class NodeRequests {
 public:
  NodeRequests(AddedNodes& nodes, api::Registry& registry) : nodes_(nodes), registry_(registry) {}
  /// Nothing where the path is another's. Failures are Status objects.
  std::optional<api::Response> handle(const api::Request& request);

 private:
  api::Response answer(const api::Request& request);
  void add(const std::string& text);

  AddedNodes& nodes_;
  api::Registry& registry_;
};

}  // namespace podrun::daemon
