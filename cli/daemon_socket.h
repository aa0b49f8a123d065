// Where the daemon listens, as a command line says.
#pragma once

#include <string>

#include "cli/arguments.h"

namespace podrun::cli {

/// --socket, else podrun.sock in a --run-dir that is given, else $PODRUN_SOCKET, else
/// /run/podrun/podrun.sock.
std::string daemon_socket(const Arguments& arguments);

/// Whether somebody listens there.
bool does_daemon_answer(const std::string& socket);

}  // namespace podrun::cli
