// GET and POST …/pods/NAME/attach: what a running container writes, as it writes it, and
// its input.
#pragma once

#include <utility>

#include "supervisor/api/http.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/node/reactor.h"
#include "supervisor/store/store.h"

namespace podrun::daemon {

class PodAttach {
 public:
  PodAttach(store::Store& store, RootsOf roots_of, node::Reactor& reactor)
      : store_(store), roots_of_(std::move(roots_of)), reactor_(reactor) {}
  /// Throws ApiError: 400 for a bad request, 500 where the container does not run.
  api::Response get(const store::Object& pod, const api::Request& request) const;

 private:
  store::Store& store_;
  RootsOf roots_of_;
  node::Reactor& reactor_;
};

}  // namespace podrun::daemon
