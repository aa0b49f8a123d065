// Text whose cells end in tabs, laid out in columns.
#pragma once

#include <string>
#include <string_view>

namespace podrun::client {

/// Go's text/tabwriter with a padding of two spaces: cells end in a tab, and those of neighbouring
/// lines that stand in the same place get the width of the widest. A line that lacks a cell ends
/// the column; what follows a line's last tab belongs to no column.
std::string align_tabs(std::string_view text);

}  // namespace podrun::client
