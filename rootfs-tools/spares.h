// Folders of snapshots that are over, emptied and kept for the next: where short containers follow
// one another, folders that are made and removed cost the file system more than what is in them.
#pragma once

#include <string>

namespace podrun::images {

/// A spare one becomes `folder`, with an empty "work" in it; false where there is none.
bool take_spare(const std::string& data_dir, const std::string& folder);
/// Empties `folder` and keeps it, or removes it where there are enough. What a container could
/// reach, "upper", is removed in any case. Throws Error where something in it cannot be removed.
void keep_spare(const std::string& data_dir, const std::string& folder);

}  // namespace podrun::images
