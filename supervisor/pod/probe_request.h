// From a manifest's probe to the request that a probe process makes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "supervisor/manifest/pod.h"
#include "supervisor/pod/net_probe.h"

namespace podrun::pod {

/// The request of an httpGet, tcpSocket or grpc handler; nothing for exec. An empty host is
/// 127.0.0.1: probes run in the pod's own network namespace. Throws BadInput for a port name that
/// the container does not have.
std::optional<NetProbeRequest> net_request(const manifest::ProbeHandler& handler,
                                           const manifest::Container& container,
                                           Nanoseconds timeout);
/// The same for a lifecycle hook; nothing for exec and sleep.
std::optional<NetProbeRequest> hook_request(const manifest::LifecycleHandler& handler,
                                            const manifest::Container& container,
                                            Nanoseconds timeout);

/// What run_tls_probe wants: the helper's path (beside this program) and the encoded request.
std::string tls_argument(const NetProbeRequest& request);
std::string tls_argument(const std::string& encoded_request);
/// A Launcher::Function that becomes `podrun-probe-https`.
[[noreturn]] void run_tls_probe(const char* argument, std::size_t length);

}  // namespace podrun::pod
