// Sockets inside of a pod's network, for what reaches it from outside (port-forward).
#pragma once

#include <string>

#include "base/fd.h"
#include "supervisor/pod/paths.h"

namespace podrun::node {

/// The pod's network namespace: that of its supervisor. Throws Error where it does not run.
Fd open_pod_network(const pod::Roots& roots, const std::string& uid);

/// A TCP socket in that namespace, of AF_INET or AF_INET6, that does not block. The caller's own
/// namespace stays as it is. Throws Error.
Fd socket_in_network(const Fd& network, int family);

}  // namespace podrun::node
