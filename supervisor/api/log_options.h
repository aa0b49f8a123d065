// What of a container's log is asked for: core/v1 PodLogOptions in a query.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "supervisor/api/http.h"

namespace podrun::api {

struct LogOptions {
  std::optional<std::int64_t> tail_lines;     // not negative
  std::optional<std::int64_t> limit_bytes;    // positive
  std::optional<std::int64_t> since_seconds;  // positive; not together with since_time
  std::optional<WallTime> since_time;
  std::string stream = "All";  // "Stdout", "Stderr", "All"
};

/// Throws ApiError: 400 for what is no number or time, 422 in the words of
/// pkg/apis/core/validation (ValidatePodLogOptions). `pod` is its name.
LogOptions log_options(const Request& request, const std::string& pod);

}  // namespace podrun::api
