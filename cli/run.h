// `podrun run`: manifests to pods in the foreground, then the report and the expectations.
#pragma once

#include "cli/arguments.h"

namespace podrun::cli {

int run_pods(const Arguments& arguments);

}  // namespace podrun::cli
