// Locks between processes: flock(2) on a file or folder of the store, freed when the holder dies.
#pragma once

#include <string>

#include "base/fd.h"

namespace podrun::images {

/// Waits for the lock; the descriptor holds it.
Fd lock_shared(const std::string& file);
Fd lock_exclusive(const std::string& file);
/// Nothing (an invalid descriptor) where someone else has the lock.
Fd try_lock_exclusive(const std::string& file);
/// The same with a folder, which must be there.
Fd lock_folder(const std::string& folder);
Fd try_lock_folder(const std::string& folder);

}  // namespace podrun::images
