// A network probe in a process of its own: what to do, as bytes; what came of it, as bytes.
// The process is forked in the container's probe cgroup, so that the probe's cost is the
// container's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace podrun::pod {

enum class NetProbeKind { kHttp, kTcp, kGrpc };

struct NetProbeHeader {
  std::string name, value;
  bool operator==(const NetProbeHeader&) const = default;
};

/// One attempt. Names are resolved by whoever makes it: `address` is numeric.
struct NetProbeRequest {
  NetProbeKind kind = NetProbeKind::kHttp;
  std::string address = "127.0.0.1";  // IPv4 or IPv6, without brackets
  int port = 0;
  Nanoseconds timeout = Seconds(1);

  // HTTP
  std::string scheme = "http";  // or "https", in any case
  std::string host;             // as the URL shows it; empty: the address
  std::string path = "/";       // with query
  std::vector<NetProbeHeader> headers;
  int redirects = 0;    // followed so far: above 0 only in a request that goes on over TLS
  std::string referer;  // likewise

  // gRPC
  std::string service;

  bool operator==(const NetProbeRequest&) const = default;
};

/// True where the request must be made by `podrun-probe-https`: podrun-pod has no TLS.
bool needs_tls(const NetProbeRequest& request);

struct NetProbeResult {
  enum Kind {
    kSuccess,
    kFailure,
    kWarning,  // a success with a ProbeWarning event: the redirect to another host was not followed
    kError,    // the probe could not be made; counts as neither
    /// A redirect of an http probe leads to https on the same host. `message` is an encoded request
    /// for podrun-probe-https with what is left of the timeout.
    kContinueOverTls,
  };
  Kind kind = kError;
  std::string message;  // as kubelet words it, behind "Liveness probe failed: "
  bool operator==(const NetProbeResult&) const = default;
};

/// Printable unless a field is not: fit for an argument vector.
std::string encode(const NetProbeRequest& request);
/// Nothing where the bytes are not an encoded request.
std::optional<NetProbeRequest> decode_request(std::string_view bytes);

/// A result's record is at most so long, its message cut to fit; kContinueOverTls is not cut.
inline constexpr std::size_t kNetProbeRecordLimit = 10u << 10;
std::string encode(const NetProbeResult& result);
/// Nothing while the record is incomplete, or where the bytes are not one (the child was killed).
std::optional<NetProbeResult> decode_result(std::string_view bytes);

/// Makes the attempt with blocking calls and returns what came of it. Never throws.
NetProbeResult make_net_probe(const NetProbeRequest& request) noexcept;

/// What the child does (runtime::Launcher::Function): makes the attempt that `argument` encodes,
/// writes the encoded result to descriptor 1 and ends with _exit(0).
[[noreturn]] void run_net_probe(const char* argument, std::size_t length);

/// Writes the encoded result, if whoever reads is still there.
void write_result(int fd, const NetProbeResult& result);

/// The failure of an attempt whose process was killed when its time was up. The process watches the
/// time itself and knows better where it went: kill it a little later than that.
std::string timeout_message(const NetProbeRequest& request);

}  // namespace podrun::pod
