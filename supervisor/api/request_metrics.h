// How many requests came, what they got, and how long they took: apiserver_request_total and
// apiserver_request_duration_seconds.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>

#include "base/clock.h"
#include "supervisor/api/http.h"
#include "supervisor/api/metrics_text.h"

namespace podrun::api {

class RequestMetrics {
 public:
  /// Names come from what is served, never from a client's path: their number is bounded.
  void count(const Request& request, int code, Nanoseconds took);
  void write(MetricsText& out) const;

 private:
  struct Kind {
    std::string verb, group, version, resource, subresource, scope;
    auto operator<=>(const Kind&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
  };
  /// Upper bounds in seconds, of Kubernetes' those that a local server gets near.
  static constexpr std::array kBounds = {0.005, 0.025, 0.1, 0.2, 0.6, 1.0, 5.0, 10.0, 60.0};
  struct Times {
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double sum = 0;
    std::uint64_t count = 0;
  };
  static Kind kind_of(const Request& request);
  static MetricsText::Labels labels_of(const Kind& kind);

  std::map<std::pair<Kind, int>, std::uint64_t> totals_;  // by code, too
  std::map<Kind, Times> times_;
};

}  // namespace podrun::api
