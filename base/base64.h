// RFC 4648 base64 with padding, as Kubernetes' JSON carries bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace podrun {

std::string to_base64(std::string_view bytes);
/// The bytes; nothing where the text is malformed. Line ends are skipped, as Go does.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace podrun
