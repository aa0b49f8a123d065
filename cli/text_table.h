// Rows as aligned columns, the way kubectl and docker print them.
#pragma once

#include <string>
#include <vector>

namespace podrun::cli {

/// Columns three spaces apart, nothing behind the last one. Rows may be shorter than the first.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace podrun::cli
