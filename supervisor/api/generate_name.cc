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
  if (prefix.size() > kLongestNamePrefix) prefix.resize(kLongestNamePrefix);
  return prefix + random_suffix(random);
}

}  // namespace podrun::api
