// Packs a folder, as the root of a file system, into a tar: sorted, so that equal folders make
// equal tars.
#pragma once

#include <string>

#include "rootfs-tools/notes.h"
#include "rootfs-tools/recipe.h"

namespace podrun::images {

/// Leaves out sockets and what is mounted below the folder (as empty folders), with a note.
void pack_folder(const std::string& folder, const ByteSink& sink, Notes& notes);

}  // namespace podrun::images
