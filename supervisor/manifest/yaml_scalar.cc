// Plain scalars, as sigs.k8s.io/yaml (go-yaml v2, resolve.go) types them.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "supervisor/manifest/text.h"

namespace podrun::manifest {

namespace {

constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 12> kNotFinite = {".nan",  ".NaN",  ".NAN",  ".inf",
                                                         ".Inf",  ".INF",  "+.inf", "+.Inf",
                                                         "+.INF", "-.inf", "-.Inf", "-.INF"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class List>
bool is_one_of(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

/// Go's strconv.ParseInt(text, 0, 64) or ParseUint: base by prefix, "0" alone being octal.
std::optional<std::string> integer(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = text[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    text.remove_prefix(base != 8 || mark == 'o' || mark == 'O' ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  if (negative && value > (std::uint64_t{1} << 63)) return {};
  return (negative && value != 0 ? "-" : "") + std::to_string(value);
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool is_float(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - start;
  };
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
  const std::size_t whole = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::optional<double> floating(std::string_view text) {
  if (!is_float(text)) return {};
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value)) return {};
  return value;
}

void keep_spelling(std::string_view text, Node& node) {
  if (node.text != text) node.written = std::string(text);
}

}  // namespace

std::string json_number(double value) {
  const double size = std::fabs(value);
  char text[32];
  const auto end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  std::string number(text, end);
  const auto mark = number.find('e');
  if (size != 0 && (size < 1e-6 || size >= 1e21)) {
    // Go writes e-9, not e-09.
    if (number[mark + 2] == '0') number.erase(mark + 2, 1);
    return number;
  }
  // The shortest digits that give the value back, zeroes after them.
  int point = 1 + std::stoi(number.substr(mark + 1));
  std::string digits;
  for (const char c : number.substr(0, mark)) {
    if (is_digit(c)) digits += c;
  }
  for (; point <= 0; ++point) digits.insert(digits.begin(), '0');
  const auto whole = static_cast<std::size_t>(point);
  digits.resize(std::max(digits.size(), whole), '0');
  if (digits.size() > whole) digits.insert(whole, ".");
  return (value < 0 ? "-" : "") + digits;
}

bool resolve_plain(std::string_view text, Node& node) {
  node.text = std::string(text);
  node.kind = NodeKind::kString;
  if (is_one_of(kNull, text)) {
    node.kind = NodeKind::kNull;
    return true;
  }
  node.truth = is_one_of(kTrue, text);
  if (node.truth || is_one_of(kFalse, text)) {
    node.kind = NodeKind::kBool;
    node.text = node.truth ? "true" : "false";
    keep_spelling(text, node);
    return true;
  }
  if (is_one_of(kNotFinite, text)) return false;
  const char first = text[0];
  if (first != '.' && first != '-' && first != '+' && !is_digit(first)) return true;
  std::string digits(text);
  if (first != '.') digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  if (const auto whole = integer(digits)) {
    node.kind = NodeKind::kInteger;
    node.text = *whole;
  } else if (const auto value = floating(digits)) {
    node.kind = NodeKind::kFloat;
    node.text = json_number(*value);
    // JSON knows one kind of number: 8080.0 is an integer.
    if (node.text.find_first_of(".e") == std::string::npos) node.kind = NodeKind::kInteger;
  }
  keep_spelling(text, node);
  return true;
}

}  // namespace podrun::manifest
