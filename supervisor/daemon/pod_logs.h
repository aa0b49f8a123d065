// GET …/pods/NAME/log: a container's log files as `kubectl logs` shows them.
#pragma once

#include <string>

#include "base/clock.h"
#include "supervisor/api/http.h"
#include "supervisor/daemon/pod_container.h"
#include "supervisor/node/reactor.h"
#include "supervisor/store/store.h"

namespace podrun::daemon {

class PodLogs {
 public:
  PodLogs(store::Store& store, RootsOf roots_of, node::Reactor& reactor, const Clock& clock)
      : store_(store), roots_of_(std::move(roots_of)), reactor_(reactor), clock_(clock) {}
  /// Throws ApiError: 400 for a container that is not named or not there, or has not run.
  api::Response get(const store::Object& pod, const api::Request& request) const;

 private:
  store::Store& store_;
  RootsOf roots_of_;
  node::Reactor& reactor_;
  const Clock& clock_;
};

/// The log of a container's present instance, or of the one before; `folder` is the container's.
/// Throws ApiError 400 where there is none.
std::string log_file(const store::Json& pod, const std::string& container, bool previous,
                     const std::string& folder);

}  // namespace podrun::daemon
