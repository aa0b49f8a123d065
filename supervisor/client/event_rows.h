// Events as `podrun events` lists them. Pure.
#pragma once

#include <vector>

#include "base/clock.h"
#include "supervisor/client/columns.h"

namespace podrun::client {

Row event_titles(bool with_namespace);
/// LAST SEEN, TYPE, REASON, OBJECT, MESSAGE.
Row event_row(const Json& event, bool with_namespace, WallTime now);
/// When it was seen last: what events are ordered by.
std::string last_seen(const Json& event);

}  // namespace podrun::client
