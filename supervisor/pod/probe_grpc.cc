#include "supervisor/pod/probe_grpc.h"

#include <optional>

#include "base/go_text.h"
#include "supervisor/pod/probe_grpc_call.h"
#include "supervisor/pod/probe_grpc_wire.h"

namespace podrun::pod {

namespace {

// grpc-go's backoff between attempts to connect, without its jitter.
constexpr Nanoseconds kFirstBackoff = Seconds(1);
constexpr double kBackoffFactor = 1.6;

NetProbeResult failure(std::string message) {
  return {NetProbeResult::kFailure, std::move(message)};
}

std::string service_status_name(std::uint64_t status) {
  switch (status) {
    case 0:
      return "UNKNOWN";
    case 1:
      return "SERVING";
    case 2:
      return "NOT_SERVING";
    case 3:
      return "SERVICE_UNKNOWN";
    default:
      return std::to_string(static_cast<std::int32_t>(status));  // a protobuf enum
  }
}

NetProbeResult verdict(const NetProbeRequest& request, const GrpcOutcome& outcome) {
  if (outcome.code == kGrpcUnimplemented) {
    return failure(
        "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): " +
        outcome.message);
  }
  if (outcome.code == kGrpcDeadlineExceeded) return failure(grpc_timeout_message(request));
  if (outcome.code != 0)
    return failure("error: health rpc probe failed: " +
                   grpc_error_text(outcome.code, outcome.message));
  if (!outcome.health) return failure("error: health rpc probe failed: EOF");
  const std::string name = service_status_name(*outcome.health);
  if (name == "SERVING") return {NetProbeResult::kSuccess, {}};
  return failure("service unhealthy (responded with " + go_quote(name) + ")");
}

class GrpcProbe {
 public:
  GrpcProbe(const NetProbeRequest& request, const Deadline& deadline)
      : request_(request),
        deadline_(deadline),
        authority_(join_host_port(request.address, request.port)) {}

  NetProbeResult run() {
    Nanoseconds backoff = kFirstBackoff;
    while (true) {
      const auto outcome = attempt();
      if (outcome) return verdict(request_, *outcome);
      // Refused or no HTTP/2: as a blocking dial of grpc-go does, try again while there is time.
      const Deadline pause = deadline_.sooner(backoff);
      pause.wait(-1, 0);
      backoff = std::chrono::duration_cast<Nanoseconds>(backoff * kBackoffFactor);
      if (deadline_.passed()) return timeout();
    }
  }

 private:
  NetProbeResult timeout() const {
    if (connected_) return failure(grpc_timeout_message(request_));
    return failure("timeout: failed to connect service " + go_quote(authority_) + " within " +
                   go_duration(request_.timeout) + ": context deadline exceeded");
  }

  std::optional<GrpcOutcome> attempt() {
    Dialled dialled = dial_tcp(request_.address, request_.port, deadline_);
    if (!dialled.socket) return {};
    TcpStream stream(std::move(dialled.socket), authority_, deadline_);
    GrpcHealthCall call(authority_, request_.service);
    char chunk[4096];
    while (!call.finished()) {
      const std::string output = call.take_output();
      const IoResult sent = stream.write_all(output);
      const IoResult got = sent.status == IoResult::kDone ? stream.read(chunk, sizeof chunk) : sent;
      if (got.status == IoResult::kTimeout) return {};
      if (got.status == IoResult::kDone) {
        call.feed({chunk, got.bytes}, deadline_.left());
      } else {
        call.end(got.error);
      }
      connected_ = connected_ || call.state() == GrpcHealthCall::State::kCalling;
    }
    if (call.state() == GrpcHealthCall::State::kUnused) return {};
    return call.outcome();
  }

  const NetProbeRequest& request_;
  const Deadline& deadline_;
  std::string authority_;
  bool connected_ = false;
};

}  // namespace

NetProbeResult make_grpc_probe(const NetProbeRequest& request, const Deadline& deadline) {
  return GrpcProbe(request, deadline).run();
}

std::string grpc_timeout_message(const NetProbeRequest& request) {
  return "timeout: health rpc did not complete within " + go_duration(request.timeout);
}

}  // namespace podrun::pod
