// A grpc probe: one call of grpc.health.v1.Health/Check over HTTP/2 without TLS.
#pragma once

#include <string>

#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_stream.h"

namespace podrun::pod {

NetProbeResult make_grpc_probe(const NetProbeRequest& request, const Deadline& deadline);

/// `timeout: health rpc did not complete within 1s`
std::string grpc_timeout_message(const NetProbeRequest& request);

}  // namespace podrun::pod
