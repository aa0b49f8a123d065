#include "base/duration.h"

#include <cstdint>

namespace podrun {
namespace {

constexpr std::int64_t kMinute = 60;  // seconds
constexpr std::int64_t kHour = 60;    // minutes
constexpr std::int64_t kYear = 365;   // days

std::string two_units(std::int64_t big, const char* big_unit, std::int64_t small,
                      const char* small_unit) {
  std::string text = std::to_string(big) + big_unit;
  if (small != 0) text += std::to_string(small) + small_unit;
  return text;
}

}  // namespace

std::string human_duration(Nanoseconds duration) {
  const std::int64_t seconds = std::chrono::duration_cast<Seconds>(duration).count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 2 * kMinute) return std::to_string(seconds) + "s";
  const std::int64_t minutes = seconds / kMinute;
  if (minutes < 10) return two_units(minutes, "m", seconds % kMinute, "s");
  if (minutes < 3 * kHour) return std::to_string(minutes) + "m";
  const std::int64_t hours = minutes / kHour;
  if (hours < 8) return two_units(hours, "h", minutes % kHour, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  const std::int64_t days = hours / 24;
  if (days < 8) return two_units(days, "d", hours % 24, "h");
  if (days < 2 * kYear) return std::to_string(days) + "d";
  if (days < 8 * kYear) return two_units(days / kYear, "y", days % kYear, "d");
  return std::to_string(days / kYear) + "y";
}

}  // namespace podrun
