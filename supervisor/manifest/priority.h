// The priorities that pods have of their class (plugin/pkg/admission/priority): there are the
// system's two classes, and none that users make.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace podrun::manifest {

inline constexpr const char* kPreemptionPolicy = "PreemptLowerPriority";  // of every class

/// Of pods without a class where the name is empty; nothing where there is no such class.
std::optional<std::int64_t> priority_of_class(std::string_view name);

}  // namespace podrun::manifest
