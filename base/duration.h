// Durations as kubectl shows them.
#pragma once

#include <string>

#include "base/clock.h"

namespace podrun {

/// Two or three significant figures: "119s", "9m59s", "3h58m", "7d23h", "2y". For AGE columns and
/// "(x79 over 5h39m)". Up to two seconds into the future is "0s", further is "<invalid>"
/// (apimachinery's HumanDuration).
std::string human_duration(Nanoseconds duration);

}  // namespace podrun
