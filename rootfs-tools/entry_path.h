// Names inside an archive, made harmless before any system call sees them.
#pragma once

#include <string>
#include <string_view>

namespace podrun::images {

/// "./etc//passwd" to "etc/passwd", "./" to "". Throws BadInput ("layer 1: entry "…" …") for an
/// absolute path, a "..", and for what no file system can hold.
std::string clean_entry_path(std::string_view path, const std::string& what);

/// "etc/passwd" to {"etc", "passwd"}; the folder of a top-level name is "".
struct EntryName {
  std::string folder, name;
};
EntryName split_entry_path(const std::string& clean);

/// The name in quotes, shortened and with control characters escaped: for messages.
std::string in_quotes(std::string_view name);

}  // namespace podrun::images
