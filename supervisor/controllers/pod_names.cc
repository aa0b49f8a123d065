#include "supervisor/controllers/pod_names.h"

#include "supervisor/api/generate_name.h"

namespace podrun::controllers {
namespace {

constexpr std::size_t kLongestName = 253;  // DNS subdomain, RFC 1123

}  // namespace

std::string safe_encode(std::string_view text) {
  std::string encoded;
  for (const char each : text) {
    encoded += api::kNameLetters[static_cast<unsigned char>(each) % api::kNameLetters.size()];
  }
  return encoded;
}

std::string pod_name_prefix(const std::string& controller) {
  return controller.size() < kLongestName ? controller + "-" : controller;
}

}  // namespace podrun::controllers
