// Where a pod's control socket is, and both ways to it.
#pragma once

#include <string>

#include "base/fd.h"

namespace podrun::node {

/// Makes the socket <pod folder>/control (root only), listening before the supervisor is there:
/// orders wait for it. Throws.
Fd listen_on_control(const std::string& pod_folder);
/// A connection to it that does not block; invalid, with errno set, where nobody listens or the
/// backlog is full.
Fd connect_control(const std::string& pod_folder);

}  // namespace podrun::node
