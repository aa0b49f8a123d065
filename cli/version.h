// `podrun version`.
#pragma once

#include <string>

namespace podrun::cli {

/// One line for people, or a JSON object.
std::string version_text(bool json);

}  // namespace podrun::cli
