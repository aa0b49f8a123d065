#include "supervisor/manifest/int_or_percent.h"

#include <charconv>

namespace podrun::manifest {

std::optional<std::int64_t> percent(const Json& value) {
  if (!value.is_string()) return {};
  const std::string text = value.get<std::string>();
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number);
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!digits || result.ec != std::errc() || result.ptr + 1 != end || *result.ptr != '%') return {};
  return number;
}

std::string shown_int_or_percent(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool is_zero_share(const Json& value) { return value == 0 || percent(value) == 0; }

void check_int_or_percent(const Path& path, const Json& value, Report& report) {
  if (value.is_number_integer()) {
    if (value < 0) {
      report.invalid(path, value.get<std::int64_t>(), "must be greater than or equal to 0");
    }
  } else if (!percent(value)) {
    report.invalid_shown(path, shown_int_or_percent(value),
                         "a valid percent string must be a numeric string followed by an ending "
                         "'%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
  }
}

void check_at_most_all(const Path& path, const Json& value, Report& report) {
  constexpr std::int64_t kAll = 100;
  if (percent(value).value_or(0) > kAll) {
    report.invalid_shown(path, shown_int_or_percent(value), "must not be greater than 100%");
  }
}

}  // namespace podrun::manifest
