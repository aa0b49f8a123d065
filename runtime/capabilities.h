// Capabilities by name and as masks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace podrun::runtime {

/// Bit n is capability number n.
using CapabilityMask = std::uint64_t;

/// "CAP_CHOWN" to 0; nothing for a name that no kernel knows.
std::optional<int> capability_number(std::string_view name);
/// "CAP_CHOWN" for 0; "capability 63" for a number without a name.
std::string capability_name(int number);
/// Throws BadInput that names an unknown one.
CapabilityMask capability_mask(const std::vector<std::string>& names);
std::vector<std::string> capability_names(CapabilityMask mask);

/// The highest number that the running kernel knows.
int highest_capability();
/// The permitted set of the calling process.
CapabilityMask own_capabilities();

}  // namespace podrun::runtime
