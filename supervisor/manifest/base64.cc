#include "supervisor/manifest/base64.h"

#include <algorithm>

#include "base/error.h"

namespace podrun::manifest {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[noreturn]] void refuse(std::size_t at) {
  throw BadInput("illegal base64 data at input byte " + std::to_string(at));
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return out;
}

std::size_t base64_size(std::string_view text) {
  std::string_view digits = text;
  std::size_t padding = 0;
  for (; padding < 2 && digits.ends_with('='); ++padding) digits.remove_suffix(1);
  const auto bad = digits.find_first_not_of(kDigits);
  if (bad != std::string_view::npos) refuse(bad);
  if (text.size() % 4 != 0) refuse(text.size());
  return text.size() / 4 * 3 - padding;
}

}  // namespace podrun::manifest
