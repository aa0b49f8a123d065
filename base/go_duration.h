// Durations as Go writes them: "60s", "1m30s", "1.5h".
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace podrun {

/// Go's time.ParseDuration: a sequence of numbers with a unit (ns, us, µs, ms, s, m, h), or "0".
/// Throws BadInput with Go's words for anything else, and for what 64 bits of nanoseconds do not
/// hold.
Nanoseconds parse_duration(std::string_view text);

}  // namespace podrun
