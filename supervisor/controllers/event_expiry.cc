#include "supervisor/controllers/event_expiry.h"

#include <algorithm>

#include "supervisor/api/api_error.h"

namespace podrun::controllers {
namespace {

constexpr Seconds kLookAtLeast{60};
/// Removals of one look: a burst of events ends as a burst, and the loop has other work.
constexpr int kMostAtOnce = 200;
constexpr int kNotFound = 404;

}  // namespace

std::optional<WallTime> last_seen(const Json& event) {
  std::optional<WallTime> last;
  const auto take = [&](Path path) {
    if (const auto time = time_at(event, path)) last = last ? std::max(*last, *time) : *time;
  };
  take({"lastTimestamp"});
  take({"series", "lastObservedTime"});
  take({"eventTime"});
  take({"metadata", "creationTimestamp"});
  return last;
}

WallTime EventExpiry::sync(WallTime now) {
  int removed = 0;
  for (const store::Object& event : client_.list("events")) {
    const auto last = last_seen(*event.json);
    if (!last || *last + life_ > now) continue;
    if (++removed > kMostAtOnce) return now;
    api::DeleteOptions options;
    // Seen again meanwhile, it is another version.
    options.resource_version = std::to_string(event.revision);
    try {
      client_.remove(event.key, options);
    } catch (const api::ApiError& error) {
      constexpr int kConflict = 409;
      if (error.code() != kNotFound && error.code() != kConflict) throw;
    }
  }
  return now + std::clamp(life_ / 2, Seconds(1), kLookAtLeast);
}

}  // namespace podrun::controllers
