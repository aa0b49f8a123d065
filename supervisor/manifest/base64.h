// Whether a text is base64, as encoding/json takes Go's []byte.
#pragma once

#include <cstddef>
#include <string_view>

namespace podrun::manifest {

/// How many bytes it stands for. Throws BadInput in Go's words where it is no base64.
std::size_t base64_size(std::string_view text);

}  // namespace podrun::manifest
