#include "supervisor/controllers/pod_names.h"

namespace podrun::controllers {
namespace {

constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
constexpr std::size_t kSuffixLength = 5;
constexpr std::size_t kLongestName = 253;  // DNS subdomain, RFC 1123

}  // namespace

std::string name_suffix(const RandomSource& random) {
  std::string suffix;
  for (std::size_t i = 0; i < kSuffixLength; ++i) suffix += kAlphabet[random() % kAlphabet.size()];
  return suffix;
}

std::string safe_encode(std::string_view text) {
  std::string encoded;
  for (const char each : text) {
    encoded += kAlphabet[static_cast<unsigned char>(each) % kAlphabet.size()];
  }
  return encoded;
}

std::string pod_name_prefix(const std::string& controller) {
  return controller.size() < kLongestName ? controller + "-" : controller;
}

}  // namespace podrun::controllers
