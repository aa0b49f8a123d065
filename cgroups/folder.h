// One folder of one cgroup hierarchy, held open. Knobs are read and written relative to it, so that
// a folder that was removed and made again under the same name is never taken for this one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"

namespace podrun::cgroups {

class Folder {
 public:
  Folder() = default;
  /// `name` is below `parent_fd` (or absolute); `path` is for error texts. Throws Error.
  static Folder open(int parent_fd, const std::string& name, std::string path);
  static Folder open(const std::string& path);
  /// Invalid where there is no such folder.
  static Folder open_if_exists(const std::string& path);

  bool valid() const { return fd_.valid(); }
  int fd() const { return fd_.get(); }  // O_PATH
  const std::string& path() const { return path_; }

  /// One write(2). Throws Error: `write "VALUE" to PATH/KNOB: reason (hint)`.
  void write(const char* knob, std::string_view value, const std::string& hint = "") const;
  /// The same, returning errno or 0.
  int try_write(const char* knob, std::string_view value) const noexcept;
  [[noreturn]] void throw_write(const char* knob, std::string_view value, int errno_value,
                                const std::string& hint = "") const;

  /// Throws where the knob cannot be read.
  std::string read(const char* knob) const;
  /// Nothing where the knob, the folder or the feature behind it is missing.
  std::optional<std::string> read_if_exists(const char* knob) const;
  /// A knob that holds one number; nothing also for "max".
  std::optional<std::uint64_t> read_number(const char* knob) const;
  /// The knob opened by itself, for several writes or for polling. Throws.
  Fd open_knob(const char* knob, int flags) const;

  /// Names of the cgroups right below; nothing where this one is gone.
  std::vector<std::string> children() const;
  Folder child(const std::string& name) const;  // invalid where missing

 private:
  Folder(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Fd fd_;
  std::string path_;
};

}  // namespace podrun::cgroups
