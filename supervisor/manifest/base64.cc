#include "supervisor/manifest/base64.h"

#include "base/error.h"

namespace podrun::manifest {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

[[noreturn]] void refuse(std::size_t at) {
  throw BadInput("illegal base64 data at input byte " + std::to_string(at));
}

}  // namespace

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
