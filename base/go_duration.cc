#include "base/go_duration.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "base/error.h"

namespace podrun {
namespace {

__extension__ using Wide = unsigned __int128;
constexpr auto kLargest = static_cast<Wide>(std::numeric_limits<std::int64_t>::max());

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<std::int64_t> unit_nanoseconds(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "\xC2\xB5s" || unit == "\xCE\xBCs") return 1000;
  if (unit == "ms") return 1000'000;
  if (unit == "s") return 1000'000'000;
  if (unit == "m") return 60'000'000'000;
  if (unit == "h") return 3600'000'000'000;
  return std::nullopt;
}

[[noreturn]] void bad(const std::string& problem, std::string_view text) {
  throw BadInput("time: " + problem + " \"" + std::string(text) + "\"", "examples: 60s, 1m30s, 2h");
}

/// One "<number><unit>", taken off the front of `rest`.
Wide take_term(std::string_view& rest, std::string_view text) {
  Wide whole = 0;
  std::size_t at = 0;
  for (; at < rest.size() && is_digit(rest[at]); ++at) {
    whole = whole * 10 + static_cast<Wide>(rest[at] - '0');
    if (whole > kLargest) bad("invalid duration", text);
  }
  bool has_digits = at > 0;
  Wide fraction = 0, scale = 1;
  if (at < rest.size() && rest[at] == '.') {
    for (++at; at < rest.size() && is_digit(rest[at]); ++at) {
      has_digits = true;
      if (scale >= 1000'000'000'000'000) continue;  // beyond what nanoseconds of an hour can show
      fraction = fraction * 10 + static_cast<Wide>(rest[at] - '0');
      scale *= 10;
    }
  }
  if (!has_digits) bad("invalid duration", text);
  const std::size_t unit_begin = at;
  while (at < rest.size() && !is_digit(rest[at]) && rest[at] != '.') ++at;
  const std::string_view unit = rest.substr(unit_begin, at - unit_begin);
  if (unit.empty()) bad("missing unit in duration", text);
  const auto nanoseconds = unit_nanoseconds(unit);
  if (!nanoseconds) bad("unknown unit \"" + std::string(unit) + "\" in duration", text);
  rest.remove_prefix(at);
  const auto per_unit = static_cast<Wide>(*nanoseconds);
  return whole * per_unit + fraction * per_unit / scale;
}

}  // namespace

Nanoseconds parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  if (rest == "0") return Nanoseconds(0);
  if (rest.empty()) bad("invalid duration", text);
  Wide total = 0;
  while (!rest.empty()) {
    total += take_term(rest, text);
    if (total > kLargest) bad("invalid duration", text);
  }
  const auto value = static_cast<std::int64_t>(total);
  return Nanoseconds(negative ? -value : value);
}

}  // namespace podrun
