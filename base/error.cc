#include "base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

namespace podrun {

std::string errno_text(int errno_value) {
  const char* description = ::strerrordesc_np(errno_value);
  return description != nullptr ? description : "error " + std::to_string(errno_value);
}

Error::Error(std::string doing, int errno_value, std::string hint)
    : doing_(std::move(doing)), errno_value_(errno_value), hint_(std::move(hint)) {
  compose();
}

void Error::compose() {
  text_ = doing_;
  if (errno_value_ != 0) text_ += ": " + errno_text(errno_value_);
  if (!hint_.empty()) text_ += " (" + hint_ + ")";
}

Error Error::within(const std::string& larger_act) const {
  Error outer = *this;
  outer.doing_ = larger_act + ": " + doing_;
  outer.compose();
  return outer;
}

void throw_errno(std::string doing, std::string hint) {
  throw Error(std::move(doing), errno, std::move(hint));
}

}  // namespace podrun
