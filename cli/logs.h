// `podrun logs`: what a running pod's container wrote.
#pragma once

#include "cli/arguments.h"

namespace podrun::cli {

/// Whether `podrun logs` is the daemon's to answer: it runs, and --local was not given.
bool are_logs_the_daemons(const Arguments& arguments);
/// A flag that was given and that only the daemon understands; null where there is none.
const char* find_api_flag(const Arguments& arguments);
/// `podrun logs` of the pods that run on this machine, from their files.
int show_logs(const Arguments& arguments);

}  // namespace podrun::cli
