// Completion scripts for shells, made from the command table.
#pragma once

#include <string>

#include "cli/table.h"

namespace podrun::cli {

enum class Shell { kBash, kZsh, kFish };
std::string completion_script(const Command& root, Shell shell);

}  // namespace podrun::cli
