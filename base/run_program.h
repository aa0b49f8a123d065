// Another program, run to its end.
#pragma once

#include <string>
#include <vector>

#include "base/pidfd.h"

namespace podrun {

/// Runs words[0], found in PATH, with this process's streams and environment, and waits for it.
/// Throws Error where it cannot be started.
ExitStatus run_program(std::vector<std::string> words);

}  // namespace podrun
