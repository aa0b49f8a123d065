// Resource limits by name.
#pragma once

#include <optional>
#include <string_view>

namespace podrun::runtime {

/// "RLIMIT_NOFILE" to its number (man 2 getrlimit); nothing for an unknown name.
std::optional<int> rlimit_number(std::string_view name);

}  // namespace podrun::runtime
