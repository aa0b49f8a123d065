// A program's last words.
#pragma once

#include <string>

namespace podrun {

/// The last line of a file, "" where there is none.
std::string last_line(const std::string& path);

}  // namespace podrun
