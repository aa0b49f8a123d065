// Small words on texts that every layer needs. Bytes, not characters: nothing depends on a locale.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun {

/// ASCII letters in lower case, all else as it is.
std::string lowercase(std::string_view text);

/// The parts with `separator` between each two.
std::string joined(const std::vector<std::string>& parts, std::string_view separator);

/// Without what it begins and ends with of `blanks`.
std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n\v\f");

}  // namespace podrun
