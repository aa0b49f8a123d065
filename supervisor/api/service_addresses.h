// The addresses and node ports of services, as Kubernetes' allocators give them. What is given
// follows from the stored services alone: there is no other record of it. Nothing routes to them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "supervisor/api/api_error.h"

namespace podrun::api {

/// kubeadm's serviceSubnet is as private a range; the API server's own address is its first.
inline constexpr std::string_view kServiceRange = "10.96.0.0/16";
/// kube-apiserver's --service-node-port-range.
inline constexpr std::int64_t kFirstNodePort = 30000, kLastNodePort = 32767;

/// Gives `service` (admitted, complete with its defaults) what its type needs and it does not have.
/// `old`: what it replaces, or null; `others`: all other services. What it asks for and cannot have
/// comes back as causes of a 422.
std::vector<Cause> allocate_addresses(Json& service, const Json* old,
                                      const std::vector<const Json*>& others);

/// Whether it has an address that somebody might try to reach.
bool has_cluster_ip(const Json& service);

}  // namespace podrun::api
