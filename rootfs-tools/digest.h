// Digests as OCI writes them: "sha256:" and 64 lower-case hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace podrun::images {

inline constexpr std::string_view kSha256Prefix = "sha256:";

/// True for 64 characters of 0-9a-f.
bool is_sha256_hex(std::string_view text);
/// True for "sha256:" and 64 characters of 0-9a-f.
bool is_digest(std::string_view text);
/// The hexadecimal part; throws BadInput, naming `what`, for anything that is not a sha256 digest.
std::string digest_hex(const std::string& digest, const std::string& what);

}  // namespace podrun::images
