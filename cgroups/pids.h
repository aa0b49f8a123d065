// How many processes and threads may live. The files are the same on v1 and v2.
#pragma once

#include "cgroups/folder.h"
#include "cgroups/limits.h"
#include "cgroups/stats.h"

namespace podrun::cgroups {

void apply_pids(const Folder& folder, const Limits& limits);
void read_pids(const Folder& folder, Stats& stats);

}  // namespace podrun::cgroups
