// intstr.IntOrString of some total.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

/// 2, or "25%" of `all`; `otherwise` where nothing is given.
inline std::int64_t share_of(const Json* given, std::int64_t all, bool round_up,
                             std::int64_t otherwise) {
  if (given != nullptr && given->is_number()) return given->get<std::int64_t>();
  if (given == nullptr || !given->is_string()) return otherwise;
  const auto& text = given->get_ref<const std::string&>();
  std::int64_t percent = 0;
  std::from_chars(text.data(), text.data() + text.size(), percent);
  return (all * percent + (round_up ? 99 : 0)) / 100;
}

}  // namespace podrun::controllers
