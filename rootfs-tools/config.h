// An image's configuration document (OCI image-spec config.md), read into an Image.
#pragma once

#include <string>
#include <string_view>

#include "rootfs-tools/image.h"

namespace podrun::images {

/// Fills created, architecture, os, layers and config; throws BadInput, naming `what`, for a
/// document that breaks the specification.
Image read_config(std::string_view text, const std::string& what);

}  // namespace podrun::images
