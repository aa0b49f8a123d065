#include "base/go_number.h"

#include <charconv>

#include "base/error.h"
#include "base/go_text.h"

namespace podrun {

namespace {

template <typename Number>
Number parse(const char* function, std::string_view text, std::string_view digits) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = end == digits.data() + digits.size();
  if (error == std::errc() && whole) return number;
  const bool too_large = error == std::errc::result_out_of_range && whole;
  throw BadInput(std::string("strconv.") + function + ": parsing " + go_quote(text) + ": " +
                 (too_large ? "value out of range" : "invalid syntax"));
}

}  // namespace

std::int64_t go_parse_int(std::string_view text) {
  std::string_view digits = text;
  // Go takes one sign, from_chars only "-".
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  return parse<std::int64_t>("ParseInt", text, digits);
}

std::uint64_t go_parse_uint(std::string_view text) {
  return parse<std::uint64_t>("ParseUint", text, text);
}

}  // namespace podrun
