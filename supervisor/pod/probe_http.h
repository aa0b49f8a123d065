// An httpGet probe over any kind of connection: request, redirects, verdict, as kubelet's prober
// and Go's net/http make them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_stream.h"
#include "supervisor/pod/probe_url.h"

namespace podrun::pod {

/// What a Connector gives back: a stream, or why there is none.
struct Connection {
  std::unique_ptr<ByteStream> stream;
  bool timed_out = false;
  bool needs_tls = false;  // this program has no TLS
  std::string error;       // as net/http words it, behind `Get "URL": `
};

/// Connects to `address` for a URL of scheme http or https.
using Connector =
    std::function<Connection(const ProbeUrl& url, const std::string& address, const Deadline&)>;

/// TCP; https needs TLS.
Connection connect_plainly(const ProbeUrl& url, const std::string& address, const Deadline&);

NetProbeResult make_http_probe(const NetProbeRequest& request, const Connector& connect,
                               const Deadline& deadline);

/// The request as it goes over the wire. `host`: the Host header.
std::string http_request_text(const ProbeUrl& url, const std::string& host,
                              const std::vector<NetProbeHeader>& headers,
                              const std::string& referer);

/// `Get "http://10.88.0.5:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting
/// headers)`
std::string http_timeout_message(const ProbeUrl& url);

/// The URL that the request asks for first.
ProbeUrl request_url(const NetProbeRequest& request);

}  // namespace podrun::pod
