// GET and POST …/pods/NAME/exec: a command in a running container, its streams on the connection.
#pragma once

#include <utility>

#include "supervisor/api/http.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/node/reactor.h"
#include "supervisor/store/object.h"

namespace podrun::daemon {

class PodExec {
 public:
  PodExec(RootsOf roots_of, node::Reactor& reactor)
      : roots_of_(std::move(roots_of)), reactor_(reactor) {}
  /// Throws ApiError: 400 for a bad request, 500 where the container does not run.
  api::Response get(const store::Object& pod, const api::Request& request) const;

 private:
  RootsOf roots_of_;
  node::Reactor& reactor_;
};

}  // namespace podrun::daemon
