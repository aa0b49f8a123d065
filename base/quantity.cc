#include "base/quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"

namespace podrun {

namespace {

__extension__ using Wide = __int128;

// apimachinery/pkg/api/resource: the texts a parse can fail with.
constexpr const char* kFormatText =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
constexpr const char* kSuffixText = "unable to parse quantity's suffix";

constexpr Wide kNanoPerUnit = 1000000000;
constexpr int kNanoDigits = 9;
constexpr Wide kCap = static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) * kNanoPerUnit;

constexpr std::array<std::pair<std::string_view, int>, 6> kBinarySuffixes = {
    {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}}};
constexpr std::array<std::pair<std::string_view, int>, 10> kDecimalSuffixes = {{{"n", -9},
                                                                                {"u", -6},
                                                                                {"m", -3},
                                                                                {"", 0},
                                                                                {"k", 3},
                                                                                {"M", 6},
                                                                                {"G", 9},
                                                                                {"T", 12},
                                                                                {"P", 15},
                                                                                {"E", 18}}};

/// A non-negative integer of up to 768 bits: 100 digits times 2^60 times 10^9 fit with room.
class Big {
 public:
  void multiply(std::uint32_t by, std::uint32_t add = 0) {
    std::uint64_t carry = add;
    for (std::uint32_t& limb : limbs_) {
      carry += static_cast<std::uint64_t>(limb) * by;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  /// Rounds down; returns the remainder.
  std::uint32_t divide(std::uint32_t by) {
    std::uint64_t rest = 0;
    for (auto limb = limbs_.rbegin(); limb != limbs_.rend(); ++limb) {
      rest = (rest << 32) | *limb;
      *limb = static_cast<std::uint32_t>(rest / by);
      rest %= by;
    }
    return static_cast<std::uint32_t>(rest);
  }
  /// The value, or kCap where it is larger.
  Wide capped() const {
    for (std::size_t i = 3; i < limbs_.size(); ++i) {
      if (limbs_[i] != 0) return kCap;
    }
    const Wide value = (static_cast<Wide>(limbs_[2]) << 64) | (static_cast<Wide>(limbs_[1]) << 32) |
                       static_cast<Wide>(limbs_[0]);
    return std::min(value, kCap);
  }

 private:
  std::array<std::uint32_t, 24> limbs_{};
};

/// digits * 10^ten * 2^two, `digits` without leading zeros.
struct Scaled {
  std::string digits;
  bool more = false;  // further digits, not all zero, follow
  std::int64_t ten = 0;
  int two = 0;
};

/// In units of 10^-9, rounded up.
Wide to_nano(const Scaled& number) {
  if (number.digits.empty()) return 0;
  // Decimal digits before the point, not counting what 2^two adds (19 at most).
  const std::int64_t whole = static_cast<std::int64_t>(number.digits.size()) + number.ten;
  constexpr int kMostWhole = 20;
  constexpr int kLeast = -(kNanoDigits + kMostWhole);
  if (whole > kMostWhole) return kCap;
  if (whole < kLeast) return 1;
  Big value;
  for (const char digit : number.digits) {
    value.multiply(10, static_cast<std::uint32_t>(digit - '0'));
  }
  for (int i = 0; i < number.two; i += 10) value.multiply(1024);
  bool rest = number.more;
  const std::int64_t shift = number.ten + kNanoDigits;
  for (std::int64_t i = 0; i < shift; ++i) value.multiply(10);
  for (std::int64_t i = 0; i > shift; --i) rest = value.divide(10) != 0 || rest;
  const Wide nano = value.capped();
  return rest && nano < kCap ? nano + 1 : nano;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

/// Appends digits, without leading zeros, up to the 100 that can matter.
void append_digits(Scaled& number, std::string_view digits, bool fraction) {
  constexpr std::size_t kMost = 100;
  for (const char digit : digits) {
    const bool kept = number.digits.size() < kMost;
    if (kept && !(number.digits.empty() && digit == '0')) number.digits += digit;
    if (!kept) number.more = number.more || digit != '0';
    if (fraction && kept) --number.ten;
    if (!fraction && !kept) ++number.ten;
  }
}

/// [eEinumkKMGTP]*[-+]?[0-9]* and nothing else.
bool is_suffix_shaped(std::string_view text) {
  const auto letters = text.find_first_not_of("eEinumkKMGTP");
  text.remove_prefix(std::min(letters, text.size()));
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return count_digits(text) == text.size();
}

std::optional<std::int64_t> exponent_of(std::string_view suffix) {
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return {};
  suffix.remove_prefix(suffix[1] == '+' ? 2 : 1);
  std::int64_t exponent = 0;
  const char* end = suffix.data() + suffix.size();
  const auto result = std::from_chars(suffix.data(), end, exponent);
  if (result.ec != std::errc() || result.ptr != end || suffix.empty()) return {};
  constexpr std::int64_t kFar = std::numeric_limits<std::int32_t>::max();
  return std::clamp(exponent, -kFar, kFar);
}

template <class List>
std::optional<int> power_of(const List& suffixes, std::string_view suffix) {
  for (const auto& [name, power] : suffixes) {
    if (name == suffix) return power;
  }
  return {};
}

std::string to_digits(Wide value) {
  std::string digits;
  for (Wide rest = value < 0 ? -value : value; rest != 0; rest /= 10) {
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  }
  if (value < 0) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

Quantity Quantity::parse(std::string_view text) {
  if (text.empty()) throw BadInput(kFormatText);
  std::string_view rest = text;
  const bool negative = rest[0] == '-';
  if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1);
  Scaled number;
  const std::size_t whole = count_digits(rest);
  append_digits(number, rest.substr(0, whole), false);
  rest.remove_prefix(whole);
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    const std::size_t fraction = count_digits(rest);
    append_digits(number, rest.substr(0, fraction), true);
    rest.remove_prefix(fraction);
  }
  if (!is_suffix_shaped(rest)) throw BadInput(kFormatText);
  Quantity quantity;
  if (const auto decimal = power_of(kDecimalSuffixes, rest)) {
    number.ten += *decimal;
  } else if (const auto binary = power_of(kBinarySuffixes, rest)) {
    number.two = *binary;
    quantity.format_ = Format::kBinary;
  } else if (const auto exponent = exponent_of(rest)) {
    number.ten += *exponent;
    quantity.format_ = Format::kExponent;
  } else {
    throw BadInput(kSuffixText);
  }
  const Wide nano = to_nano(number);
  quantity.nano_ = negative ? -nano : nano;
  quantity.text_ = std::string(text);
  return quantity;
}

Quantity Quantity::from_integer(std::int64_t value) { return parse(std::to_string(value)); }

std::string Quantity::canonical() const {
  if (nano_ == 0) return "0";
  const Wide size = nano_ < 0 ? -nano_ : nano_;
  // Below 1024, and with a fraction, binary suffixes would have to round.
  if (format_ == Format::kBinary && size >= 1024 * kNanoPerUnit && size % kNanoPerUnit == 0) {
    Wide value = nano_ / kNanoPerUnit;
    std::string_view suffix;
    for (const auto& [name, power] : kBinarySuffixes) {
      if (value % 1024 != 0) break;
      value /= 1024;
      suffix = name;
    }
    return to_digits(value) + std::string(suffix);
  }
  Wide value = nano_;
  int exponent = -kNanoDigits;
  for (; value % 1000 == 0; exponent += 3) value /= 1000;
  if (format_ == Format::kExponent) {
    return to_digits(value) + (exponent == 0 ? "" : "e" + std::to_string(exponent));
  }
  for (const auto& [name, power] : kDecimalSuffixes) {
    if (power == exponent) return to_digits(value) + std::string(name);
  }
  return to_digits(value) + "e" + std::to_string(exponent);
}

namespace {

std::int64_t divide_up(Wide nano, Wide unit) {
  Wide result = nano / unit;
  if (nano > 0 && nano % unit != 0) result += 1;
  if (nano < 0 && nano % unit != 0) result -= 1;
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(result, -kMax, kMax));
}

}  // namespace

Quantity& Quantity::operator+=(const Quantity& other) {
  if (is_zero()) format_ = other.format_;
  nano_ = std::clamp(nano_ + other.nano_, -kCap, kCap);
  text_ = canonical();
  return *this;
}

std::int64_t Quantity::value() const { return divide_up(nano_, kNanoPerUnit); }
std::int64_t Quantity::milli_value() const { return divide_up(nano_, 1000000); }

}  // namespace podrun
