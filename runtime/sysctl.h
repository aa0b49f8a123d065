// Kernel parameters that a container may have for itself.
#pragma once

#include <optional>
#include <string>

#include "runtime/spec.h"

namespace podrun::runtime {

/// The namespace that `name` ("net.ipv4.ip_forward") belongs to; nothing where it is the whole
/// machine's.
std::optional<NamespaceType> sysctl_namespace(const std::string& name);

/// The path below /proc/sys: "net/ipv4/ip_forward". Dots and slashes separate alike, and a name
/// that begins with a slash-separated part keeps its dots ("net/ipv4/conf/eth0.100/mtu"). Throws
/// BadInput for a name that would leave /proc/sys.
std::string sysctl_path(const std::string& name);

}  // namespace podrun::runtime
