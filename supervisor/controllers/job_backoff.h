// How long a Job waits before it makes pods again: 10 s after a failure, twice as long after each
// further one, 10 minutes at most; a success ends it. pkg/controller/job, backoff_utils.go.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"

namespace podrun::controllers {

/// The failures since the last success.
struct JobBackoff {
  std::int64_t failures = 0;
  WallTime last_failure{};
  bool operator==(const JobBackoff&) const = default;
};

/// With the pods that ended since `before`, by when they did.
JobBackoff with_ended(const JobBackoff& before, const std::vector<WallTime>& succeeded,
                      const std::vector<WallTime>& failed);

/// The wait after so many failures.
Seconds backoff_after(std::int64_t failures);

/// When pods may be made again; nothing where nothing failed.
std::optional<WallTime> backoff_end(const JobBackoff& backoff);

}  // namespace podrun::controllers
