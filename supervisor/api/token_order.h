// A service account's token, as it is asked for and as it is given.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"

namespace podrun::api {

struct TokenOrder {
  std::string namespace_, account;
  std::vector<std::string> audiences;  // none: the API itself
  Seconds life{3600};
  std::string pod, pod_uid;  // that it is bound to; empty: to none
};

struct IssuedToken {
  std::string token;
  WallTime issued, expires;
};

}  // namespace podrun::api
