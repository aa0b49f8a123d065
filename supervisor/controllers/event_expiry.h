// Events live for a while after they were last seen. An API server's store forgets them by a lease;
// here they are looked through.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "supervisor/api/client.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// When an event was last seen; nothing where it does not say.
std::optional<WallTime> last_seen(const Json& event);

class EventExpiry {
 public:
  EventExpiry(api::Client& client, Seconds life) : client_(client), life_(life) {}
  /// Removes what is over, up to a bound; returns when to look again.
  WallTime sync(WallTime now);

 private:
  /// By revision.
  using Seen = std::unordered_map<std::int64_t, std::optional<WallTime>>;
  std::optional<WallTime> seen(const store::Object& event) const;

  api::Client& client_;
  Seconds life_;
  Seen seen_;  // at the last look
};

}  // namespace podrun::controllers
