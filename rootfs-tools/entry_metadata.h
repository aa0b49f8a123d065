// Owner, mode, extended attributes and time of what a layer's entry became.
#pragma once

#include <string>

#include "rootfs-tools/notes.h"
#include "rootfs-tools/tar_reader.h"

namespace podrun::images {

/// Of a file or folder by its descriptor (not O_PATH). The time is set last.
void set_metadata(int fd, const TarEntry& entry, const std::string& what, Notes& notes);

/// Of a symbolic link, device or FIFO by its name in a folder.
void set_metadata_at(int folder_fd, const std::string& name, const TarEntry& entry,
                     const std::string& what, Notes& notes);

}  // namespace podrun::images
