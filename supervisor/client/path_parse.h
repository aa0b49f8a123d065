// The grammar of path_template.h.
#pragma once

#include <string_view>
#include <vector>

#include "supervisor/client/path_template.h"

namespace podrun::client {

/// Throws BadInput.
std::vector<TemplateNode> parse_template(std::string_view text);

}  // namespace podrun::client
