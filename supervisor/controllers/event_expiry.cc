#include "supervisor/controllers/event_expiry.h"

#include <algorithm>
#include <utility>

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

/// Without a tree that stays: events are many.
std::optional<WallTime> EventExpiry::seen(const store::Object& event) const {
  const auto known = seen_.find(event.revision);
  if (known != seen_.end()) return known->second;
  return last_seen(event.text ? Json::parse(*event.text) : *event.json);
}

WallTime EventExpiry::sync(WallTime now) {
  int removed = 0;
  Seen seen_now;
  for (const store::Object& event : client_.list("events")) {
    const auto last = seen(event);
    seen_now.emplace(event.revision, last);
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
  seen_ = std::move(seen_now);
  return now + std::clamp(life_ / 2, Seconds(1), kLookAtLeast);
}

}  // namespace podrun::controllers
