// Whole small files: read, write, replace atomically.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace podrun {

/// The whole content of a file; throws if it is larger than `limit` bytes.
std::string read_file(const std::string& path, std::size_t limit = 64u << 20);
std::string read_file_at(int dir_fd, const std::string& path, std::size_t limit = 64u << 20);
/// As read_file, but nothing where the file does not exist.
std::optional<std::string> read_file_if_exists(const std::string& path,
                                               std::size_t limit = 64u << 20);
/// All that is left to read from `fd`, up to `limit` bytes.
std::string read_all(int fd, std::size_t limit = 64u << 20);

/// Writes everything or throws; `what` names the object in the error.
void write_all(int fd, std::string_view data, const std::string& what);
/// One write(2) to an existing file, as kernel interfaces want it; the error names file and value.
void write_knob(int dir_fd, const std::string& file, std::string_view value);
/// Replaces `path` by rename from a temporary file beside it; with `durable`, fsyncs file and
/// folder.
void replace_file(const std::string& path, std::string_view data, mode_t mode = 0644,
                  bool durable = false);

/// mkdir -p; folders that are made get `mode`.
void make_dirs(const std::string& path, mode_t mode = 0755);
/// rm -rf without following symlinks or crossing mounts; a missing path is fine.
void remove_tree(const std::string& path);
/// The same for all that is in a folder.
void remove_children(const std::string& path);

}  // namespace podrun
