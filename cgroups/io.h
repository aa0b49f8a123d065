// Throttling of block devices: io.max on v2, blkio.throttle.* on v1.
#pragma once

#include <string>

#include "cgroups/folder.h"
#include "cgroups/limits.h"

namespace podrun::cgroups {

/// "8:0 rbps=1048576 wiops=120": only what is set.
std::string io_max_text(const IoMax& limit);

void apply_io_v2(const Folder& folder, const Limits& limits);
void apply_io_v1(const Folder& folder, const Limits& limits);

}  // namespace podrun::cgroups
