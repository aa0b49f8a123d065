// Text of unknown origin, fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace podrun::client {

/// Escape and carriage return, which a terminal would obey, as "^[" and "\r".
std::string visible_text(std::string_view text);

}  // namespace podrun::client
