// Rows as aligned columns, the way kubectl and docker print them.
#pragma once

#include <string>
#include <vector>

namespace podrun::cli {

/// Columns at least three spaces apart and three wide, nothing behind the last one. Rows may be
/// shorter than the first.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

/// The same for rows that come one after another: `widths` are what columns have had so far, and
/// grow.
std::string text_table(const std::vector<std::vector<std::string>>& rows,
                       std::vector<std::size_t>& widths);

}  // namespace podrun::cli
