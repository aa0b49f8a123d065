// Kubernetes' port-forward protocol on SPDY: each forwarded connection is a pair of streams, one
// for its data and one for what goes wrong.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "supervisor/api/http.h"
#include "supervisor/daemon/forward.h"

namespace podrun::daemon {

inline constexpr std::string_view kForwardProtocol = "portforward.k8s.io";

/// Where a client's connections go.
struct ForwardTarget {
  std::string uid;  // the pod's, for messages
  PodSocket make_socket;
};

std::unique_ptr<api::Upgrade> forward_over_spdy(std::shared_ptr<api::UpgradeSink> sink,
                                                ForwardTarget target, node::Reactor& reactor);

}  // namespace podrun::daemon
