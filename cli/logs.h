// `podrun logs`: what a running pod's container wrote.
#pragma once

#include "cli/arguments.h"

namespace podrun::cli {

int show_logs(const Arguments& arguments);

}  // namespace podrun::cli
