// GET and POST …/pods/NAME/exec: a command in a running container, its streams on the connection.
#pragma once

#include <utility>

#include "supervisor/api/http.h"
#include "supervisor/node/reactor.h"
#include "supervisor/pod/paths.h"
#include "supervisor/store/object.h"

namespace podrun::daemon {

class PodExec {
 public:
  PodExec(pod::Roots roots, node::Reactor& reactor) : roots_(std::move(roots)), reactor_(reactor) {}
  /// Throws ApiError: 400 for a bad request, 500 where the container does not run.
  api::Response get(const store::Object& pod, const api::Request& request) const;

 private:
  pod::Roots roots_;
  node::Reactor& reactor_;
};

}  // namespace podrun::daemon
