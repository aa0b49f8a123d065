// `podrun version`.
#pragma once

#include <string>
#include <string_view>

namespace podrun::cli {

/// podrun's own: "0.1.0".
std::string version();
/// The Kubernetes version whose API podrun follows: field tables, defaults and texts.
inline constexpr std::string_view kKubernetesVersion = "v1.34.0";

/// One line for people, or a JSON object.
std::string version_text(bool json);

}  // namespace podrun::cli
