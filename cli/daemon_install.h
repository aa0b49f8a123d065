// The daemon as a systemd service: `podrun daemon install` and `uninstall`.
#pragma once

#include "cli/arguments.h"

namespace podrun::cli {

/// Writes the unit and, where systemd runs, has it read; --now starts it.
int install_daemon(const Arguments& arguments);
/// Stops the daemon and removes the unit; pods go on.
int uninstall_daemon(const Arguments& arguments);

}  // namespace podrun::cli
