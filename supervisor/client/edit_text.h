// The text that `edit` gives to an editor, and what comes back. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// Comment lines above the objects: what to do, and what was wrong the last time.
std::string edit_header(const std::vector<std::string>& problems);

/// The text without the comment lines that stand above everything else.
std::string without_header(const std::string& text);

/// Whether nothing but comments and blanks is left.
bool is_blank_text(const std::string& text);

}  // namespace podrun::client
