#include "rootfs-tools/resolve.h"

#include <algorithm>

#include "rootfs-tools/digest.h"
#include "rootfs-tools/image.h"

namespace podrun::images {

namespace {

constexpr std::size_t kShortestIdPrefix = 4;

bool is_id_prefix(std::string_view text) {
  return text.size() >= kShortestIdPrefix && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<IndexEntry> resolve(std::string_view index_text, const std::string& reference) {
  const std::string_view text = reference;
  if (text.substr(0, kSha256Prefix.size()) == kSha256Prefix &&
      is_id_prefix(text.substr(kSha256Prefix.size())))
    return find_id(index_text, text.substr(kSha256Prefix.size()));
  // A whole id in hexadecimal is not a name, by the grammar of names.
  if (!is_sha256_hex(reference)) {
    if (auto entry = find_name(index_text, normalize_reference(reference))) return entry;
  }
  return is_id_prefix(reference) ? find_id(index_text, reference) : std::nullopt;
}

bool is_by_id(const IndexEntry& entry, const std::string& reference) {
  const std::string_view hex = std::string_view(entry.id).substr(kSha256Prefix.size());
  const bool names_it = !is_sha256_hex(reference) && !is_digest(reference) &&
                        reference.rfind(kSha256Prefix, 0) != 0 &&
                        std::find(entry.names.begin(), entry.names.end(),
                                  normalize_reference(reference)) != entry.names.end();
  return !names_it && (hex.rfind(reference, 0) == 0 || entry.id.rfind(reference, 0) == 0);
}

}  // namespace podrun::images
