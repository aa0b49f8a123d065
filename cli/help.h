// Help texts from the command table.
#pragma once

#include <string>
#include <vector>

#include "cli/table.h"

namespace podrun::cli {

/// What "podrun … --help" shows for the last command of `path`.
std::string help_text(const std::vector<const Command*>& path);

/// The names on the way to a command: "podrun image import", "podrun-image-import".
std::string joined(const std::vector<const Command*>& path, char separator);

/// "podrun run [flags] FILE..."
std::string usage_line(const std::vector<const Command*>& path);

/// Breaks `text` at spaces into lines of at most `width` characters, each but the first behind
/// `indent` spaces.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent);

/// All commands of the table with the way to each, hidden ones left out, depth first.
std::vector<std::vector<const Command*>> all_commands(const Command& root);

}  // namespace podrun::cli
