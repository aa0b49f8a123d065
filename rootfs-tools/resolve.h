// From what a user types to an image: name, id or start of an id.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rootfs-tools/index.h"

namespace podrun::images {

/// Nothing where there is no such image, or an id's start fits several. Throws BadInput for a text
/// that can be neither.
std::optional<IndexEntry> resolve(std::string_view index_text, const std::string& reference);

/// True where the reference is the image's id or the start of it, not one of its names.
bool is_by_id(const IndexEntry& entry, const std::string& reference);

}  // namespace podrun::images
