// The address by which this machine is known: a node's InternalIP, a pod's status.hostIP. IPv4.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun::pod {

struct InterfaceAddress {
  std::string interface, address;
  bool up = false;
};

/// The interface of the default route with the least metric, from the text of /proc/net/route;
/// empty where there is none. Pure.
std::string default_interface(std::string_view routes);
/// The first address of the default route's interface, as a kubelet takes it; where there is none
/// that of any interface that is up; else that of the loopback. Pure.
std::string choose_host_address(std::string_view routes,
                                const std::vector<InterfaceAddress>& addresses);

/// That of this process's network namespace.
std::string host_address();

}  // namespace podrun::pod
