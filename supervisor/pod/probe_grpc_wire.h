// What gRPC puts into HTTP/2: codes, headers, the health service's messages. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/probe_hpack.h"

namespace podrun::pod {

/// grpc/codes, those that have a meaning here.
enum GrpcCode {
  kGrpcOk = 0,
  kGrpcCanceled = 1,
  kGrpcUnknown = 2,
  kGrpcDeadlineExceeded = 4,
  kGrpcPermissionDenied = 7,
  kGrpcResourceExhausted = 8,
  kGrpcUnimplemented = 12,
  kGrpcInternal = 13,
  kGrpcUnavailable = 14,
  kGrpcUnauthenticated = 16,
};

/// grpc-timeout: at most eight digits and a unit.
std::string grpc_timeout_text(Nanoseconds left);
/// grpc-message is percent-encoded; what is not is taken as it is.
std::string grpc_percent_decoded(std::string_view text);

/// Why a response is none of gRPC's (and the code for that); empty where it is one.
std::string not_grpc(const std::vector<HpackField>& fields, int& code);

/// A HealthCheckRequest with gRPC's prefix.
std::string grpc_health_request(std::string_view service);
/// The status (field 1) of a HealthCheckResponse, 0 where it has none; nothing where the bytes are
/// no message.
std::optional<std::uint64_t> grpc_health_status(std::string_view message);

/// `rpc error: code = NotFound desc = unknown service`
std::string grpc_error_text(int code, std::string_view message);

}  // namespace podrun::pod
