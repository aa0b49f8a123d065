// TLS for https probes: nothing of the server's certificate is verified, as a kubelet verifies
// none. Linked into podrun-probe-https only.
#pragma once

#include "supervisor/pod/probe_http.h"

namespace podrun::pod {

/// TCP for http, TLS over TCP for https. HTTP/1.1 is offered, HTTP/2 is not.
Connection connect_with_tls(const ProbeUrl& url, const std::string& address, const Deadline&);

}  // namespace podrun::pod
