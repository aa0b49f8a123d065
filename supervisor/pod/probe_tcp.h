// A tcpSocket probe: a connection that can be opened is a success.
#pragma once

#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_stream.h"

namespace podrun::pod {

NetProbeResult make_tcp_probe(const NetProbeRequest& request, const Deadline& deadline);

}  // namespace podrun::pod
