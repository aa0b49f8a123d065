// Files that change together: kubelet's atomic writer (pkg/volume/util).
//
// The files lie in a folder "..2026_11_25_10_00_00.123", the link "..data" names that folder, and
// what readers see are links through it: a rename of "..data" changes them all.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/clock.h"
#include "supervisor/pod/volume_files.h"

namespace podrun::pod {

/// Makes `folder`, which exists, show `files` and nothing else; where it does, nothing is written.
/// Files and folders belong to `group`, which may read them.
void write_atomically(const std::string& folder, const VolumeFiles& files,
                      std::optional<gid_t> group, WallTime now);

}  // namespace podrun::pod
