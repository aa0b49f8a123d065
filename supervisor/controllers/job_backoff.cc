#include "supervisor/controllers/job_backoff.h"

#include <algorithm>

namespace podrun::controllers {
namespace {

constexpr Seconds kFirstBackoff{10};
constexpr Seconds kLongestBackoff{600};

}  // namespace

JobBackoff with_ended(const JobBackoff& before, const std::vector<WallTime>& succeeded,
                      const std::vector<WallTime>& failed) {
  JobBackoff next = succeeded.empty() ? before : JobBackoff{};
  const auto success = std::max_element(succeeded.begin(), succeeded.end());
  for (const WallTime at : failed) {
    if (success != succeeded.end() && at <= *success) continue;
    next.last_failure = next.failures == 0 ? at : std::max(next.last_failure, at);
    ++next.failures;
  }
  return next;
}

Seconds backoff_after(std::int64_t failures) {
  Seconds wait = kFirstBackoff;
  for (std::int64_t i = 1; i < failures && wait < kLongestBackoff; ++i) wait *= 2;
  return std::min(wait, kLongestBackoff);
}

std::optional<WallTime> backoff_end(const JobBackoff& backoff) {
  if (backoff.failures == 0) return std::nullopt;
  return backoff.last_failure + backoff_after(backoff.failures);
}

}  // namespace podrun::controllers
