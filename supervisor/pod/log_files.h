// Which files make up a container instance's log.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"

namespace podrun::pod {

/// The files of one instance's log, oldest first; the live one (`path` itself) last where it is
/// there. Empty where the folder is not there.
std::vector<std::string> log_files(const std::string& path);

/// The restart numbers whose logs are in a container's log folder, in rising order.
std::vector<int> log_instances(const std::string& container_folder);

/// The suffix of a rotated file: "20261123-100000" (UTC).
std::string rotation_stamp(WallTime time);

}  // namespace podrun::pod
