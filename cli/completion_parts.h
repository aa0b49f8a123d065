// What the completion scripts of all shells are made of.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/table.h"

namespace podrun::cli {

using Path = std::vector<const Command*>;

/// "podrun image ls" for each spelling of each word of the path.
std::vector<std::string> spellings(const Path& path);
/// " a b c"
std::string words_of(std::span<const std::string_view> choices);
/// Names of the commands of a group that are shown.
std::string command_words(const Command& command);

std::string bash_completion(const Command& root);
std::string zsh_completion(const Command& root);
std::string fish_completion(const Command& root);

}  // namespace podrun::cli
