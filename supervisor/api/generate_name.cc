#include "supervisor/api/generate_name.h"

#include <sys/random.h>

#include "base/error.h"

namespace podrun::api {

Random system_random() {
  return [] {
    std::uint32_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
      throw_errno("getrandom");
    }
    return number;
  };
}

std::string random_suffix(const Random& random) {
  std::string suffix;
  for (int i = 0; i < 5; ++i) suffix += kNameLetters[random() % kNameLetters.size()];
  return suffix;
}

std::string generate_name(std::string prefix, const Random& random) {
  constexpr std::size_t kMostPrefix = 63 - 5;
  if (prefix.size() > kMostPrefix) prefix.resize(kMostPrefix);
  return prefix + random_suffix(random);
}

}  // namespace podrun::api
