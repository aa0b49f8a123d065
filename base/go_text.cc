#include "base/go_text.h"

#include <cstdint>
#include <cstdio>

#include "base/utf8.h"

namespace podrun {

namespace {

struct Rune {
  std::uint32_t value = 0;
  std::size_t length = 0;  // 0: not UTF-8 here
};

/// The code point at the start of `text`, which is not empty.
Rune first_rune(std::string_view text) {
  const std::size_t length = utf8_sequence_length(text);
  if (length == 0) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return {byte(0), 1};
  std::uint32_t value = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(i) & 0x3f);
  return {value, length};
}

/// Of the code points that strconv.IsPrint refuses, those that occur: controls, spaces other than
/// U+0020, formatting marks, private use, noncharacters.
bool printable(std::uint32_t rune) {
  if (rune < 0x20 || (rune >= 0x7f && rune <= 0xa0) || rune == 0xad) return false;
  if (rune >= 0x2000 && rune <= 0x200f) return false;
  if (rune >= 0x2028 && rune <= 0x202f) return false;
  if (rune >= 0x205f && rune <= 0x206f) return false;
  if (rune == 0x3000 || rune == 0xfeff || (rune >= 0xe000 && rune <= 0xf8ff)) return false;
  return (rune & 0xfffe) != 0xfffe && rune < 0xe0000;
}

void append_escaped(std::string& out, std::uint32_t rune) {
  constexpr std::string_view kNamed = "abtnvfr";  // from U+0007 on
  if (rune >= 7 && rune <= 13) {
    out += '\\';
    out += kNamed[rune - 7];
    return;
  }
  char text[16];
  const char* format = rune < 0x80 ? "\\x%02x" : rune < 0x10000 ? "\\u%04x" : "\\U%08x";
  std::snprintf(text, sizeof text, format, rune);
  out += text;
}

}  // namespace

std::string go_quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  while (!text.empty()) {
    const Rune rune = first_rune(text);
    if (rune.length == 0) {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", static_cast<unsigned char>(text[0]));
      out += hex;
    } else if (rune.value == '"' || rune.value == '\\') {
      out += '\\';
      out += text[0];
    } else if (printable(rune.value)) {
      out += text.substr(0, rune.length);
    } else {
      append_escaped(out, rune.value);
    }
    text.remove_prefix(rune.length == 0 ? 1 : rune.length);
  }
  return out += '"';
}

namespace {

/// `value` / 10^digits without trailing zeros: (1500, 3) is "1.5".
std::string decimal(std::uint64_t value, int digits) {
  std::uint64_t unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  std::string text = std::to_string(value / unit);
  std::string fraction = std::to_string(unit + value % unit).substr(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
  return digits == 0 || fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

std::string go_duration(Nanoseconds duration) {
  const bool negative = duration.count() < 0;
  const auto raw = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t value = negative ? 0 - raw : raw;
  std::string text;
  constexpr std::uint64_t kSecond = 1'000'000'000;
  if (value == 0) return "0s";
  if (value < 1000) {
    text = decimal(value, 0) + "ns";
  } else if (value < 1'000'000) {
    text = decimal(value, 3) + "\u00b5s";
  } else if (value < kSecond) {
    text = decimal(value, 6) + "ms";
  } else {
    const std::uint64_t hours = value / kSecond / 3600;
    const std::uint64_t minutes = value / kSecond / 60 % 60;
    if (hours > 0) text += std::to_string(hours) + "h";
    if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
    text += decimal(value % (60 * kSecond), 9) + "s";
  }
  return negative ? "-" + text : text;
}

bool go_plain_in_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~$&+,/:;=@").find(c) != std::string_view::npos;
}

std::string go_escape_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (go_plain_in_path(c)) {
      out += c;
      continue;
    }
    char code[8];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned char>(c));
    out += code;
  }
  return out;
}

}  // namespace podrun
