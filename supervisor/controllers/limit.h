// Time limits of objects, which users give as any int64 of seconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace podrun::controllers {

/// Nothing where it is so long that nobody sees its end: added to a time it could overflow.
inline std::optional<Seconds> limit_of(std::int64_t seconds) {
  constexpr std::int64_t kLongest = 1'000'000'000;
  if (seconds > kLongest) return std::nullopt;
  return Seconds(std::max<std::int64_t>(0, seconds));
}

}  // namespace podrun::controllers
