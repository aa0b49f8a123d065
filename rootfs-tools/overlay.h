// Mounts an overlay that is visible nowhere: fsopen, fsconfig, fsmount.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"

namespace podrun::images {

/// What to do where a file system cannot carry a writable layer.
inline constexpr const char* kUpperHint =
    "put --data-dir on a file system that can hold overlay upper folders, such as ext4, xfs, btrfs "
    "or tmpfs";

struct OverlayFolders {
  std::vector<std::string> lower;  // lowest first
  std::string upper, work;
};

/// A detached, writable overlay mount. Writes to it are not synced to disk at unmount ("volatile"):
/// a writable layer is never used again. Throws an Error with a hint where the file system of
/// `upper` cannot carry one.
Fd mount_overlay(const OverlayFolders& folders);

/// The ways for kernels before 6.7, which take all lower folders at once; mount_overlay chooses by
/// itself. By a list of at most 255 bytes (14 layers), and beyond it by mount(2) in a mount
/// namespace of a thread of its own, which is slower.
Fd mount_overlay_by_list(const OverlayFolders& folders);
Fd mount_overlay_by_string(const OverlayFolders& folders);

}  // namespace podrun::images
