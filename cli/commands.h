// The command table of podrun.
#pragma once

#include "cli/table.h"

namespace podrun::cli {

const Command& command_table();

}  // namespace podrun::cli
