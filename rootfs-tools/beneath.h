// Opens paths strictly inside a folder: no symbolic link is followed, nothing above is reached.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.h"

namespace podrun::images {

/// openat2(2) with RESOLVE_BENEATH, NO_SYMLINKS and NO_MAGICLINKS; "" is the folder itself. An
/// invalid descriptor with errno set where it fails: ELOOP for a symbolic link on the way.
Fd try_open_beneath(int folder_fd, const std::string& path, int flags, mode_t mode = 0);
/// As above, throwing an Error that names the path.
Fd open_beneath(int folder_fd, const std::string& path, int flags, mode_t mode = 0);

}  // namespace podrun::images
