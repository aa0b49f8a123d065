// Text of unknown origin made fit for JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace podrun {

/// Bytes of the well-formed sequence at the front of `text`; 0 where there is none (Unicode, table
/// 3-7).
std::size_t utf8_sequence_length(std::string_view text);

/// The text with each byte that is no part of well-formed UTF-8 replaced by U+FFFD, as Go's
/// encoding/json does. For whatever a container or a probe said.
std::string valid_utf8(std::string_view text);

}  // namespace podrun
