#include "supervisor/pod/probe_tcp.h"

namespace podrun::pod {

NetProbeResult make_tcp_probe(const NetProbeRequest& request, const Deadline& deadline) {
  const Dialled dialled = dial_tcp(request.address, request.port, deadline);
  if (dialled.socket) return {NetProbeResult::kSuccess, {}};
  return {NetProbeResult::kFailure, dialled.error};
}

}  // namespace podrun::pod
