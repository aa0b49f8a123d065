// GET and POST …/pods/NAME/portforward: connections to ports of a pod's loopback.
#pragma once

#include <utility>

#include "supervisor/api/http.h"
#include "supervisor/node/reactor.h"
#include "supervisor/pod/paths.h"
#include "supervisor/store/object.h"

namespace podrun::daemon {

class PodForward {
 public:
  PodForward(pod::Roots roots, node::Reactor& reactor)
      : roots_(std::move(roots)), reactor_(reactor) {}
  /// Throws ApiError: 400 for a bad request, 500 where the pod does not run.
  api::Response get(const store::Object& pod, const api::Request& request) const;

 private:
  pod::Roots roots_;
  node::Reactor& reactor_;
};

}  // namespace podrun::daemon
