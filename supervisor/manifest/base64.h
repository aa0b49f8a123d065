// Base64 with padding, as encoding/json writes Go's []byte.
#pragma once

#include <string>
#include <string_view>

namespace podrun::manifest {

std::string to_base64(std::string_view bytes);
/// How many bytes it stands for. Throws BadInput in Go's words where it is no base64.
std::size_t base64_size(std::string_view text);

}  // namespace podrun::manifest
