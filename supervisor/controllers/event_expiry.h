// Events live for a while after they were last seen. An API server's store forgets them by a lease;
// here they are looked through.
#pragma once

#include <vector>

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
  api::Client& client_;
  Seconds life_;
};

}  // namespace podrun::controllers
