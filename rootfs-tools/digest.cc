#include "rootfs-tools/digest.h"

#include <algorithm>

#include "base/error.h"

namespace podrun::images {

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_digest(std::string_view text) {
  return text.substr(0, kSha256Prefix.size()) == kSha256Prefix &&
         is_sha256_hex(text.substr(kSha256Prefix.size()));
}

std::string digest_hex(const std::string& digest, const std::string& what) {
  if (is_digest(digest)) return digest.substr(kSha256Prefix.size());
  const std::string shown = digest.size() > 100 ? digest.substr(0, 100) + "…" : digest;
  throw BadInput(what + ": \"" + shown + "\" is not a sha256 digest");
}

}  // namespace podrun::images
