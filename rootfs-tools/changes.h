// Changes to an image's configuration in Dockerfile words, as `docker import --change` takes them.
#pragma once

#include <string>
#include <vector>

#include "rootfs-tools/document.h"

namespace podrun::images {

/// Applies changes to the "config" object of an image configuration. Throws BadInput for a word it
/// does not know or arguments it cannot read.
void apply_changes(Json& config, const std::vector<std::string>& changes);

}  // namespace podrun::images
