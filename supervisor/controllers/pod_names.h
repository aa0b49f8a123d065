// How controllers name what they make.
#pragma once

#include <string>
#include <string_view>

namespace podrun::controllers {

/// Each character replaced by one of those of generated names (rand.SafeEncodeString): for hashes
/// in names.
std::string safe_encode(std::string_view text);

/// metadata.generateName of a controller's pods: "NAME-"; without the dash where the name is as
/// long as names may be (253).
std::string pod_name_prefix(const std::string& controller);

}  // namespace podrun::controllers
