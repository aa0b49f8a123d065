// Man pages from the command table.
#pragma once

#include <string>
#include <vector>

#include "cli/table.h"

namespace podrun::cli {

/// "podrun-image-import": the page's name, in section 1.
std::string man_page_name(const std::vector<const Command*>& path);
/// The page of the last command of `path`, in roff's man macros (man 7 man).
std::string man_page(const std::vector<const Command*>& path);

}  // namespace podrun::cli
