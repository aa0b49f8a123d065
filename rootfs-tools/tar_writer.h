// Writes a tar whose bytes depend on the entries alone: no clock, no device numbers, no user names.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rootfs-tools/byte_source.h"
#include "rootfs-tools/recipe.h"
#include "rootfs-tools/tar_reader.h"

namespace podrun::images {

class TarWriter {
 public:
  /// POSIX pax format; extended headers only where an entry needs one.
  explicit TarWriter(ByteSink sink);
  /// What was not finished ends without its marks.
  ~TarWriter();
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;

  /// Writes an entry's header; a file's data follow through write().
  void add(const TarEntry& entry);
  void write(const char* data, std::size_t size);
  /// A file with its content, 0644 and of root.
  void add_text(const std::string& path, std::string_view text);
  /// The end marks.
  void finish();

 private:
  struct Free {
    void operator()(archive* output) const;
  };
  static ssize_t write_some(archive* output, void* self, const void* data, std::size_t size);
  [[noreturn]] void fail(const std::string& doing);

  ByteSink sink_;
  bool discard_ = false;
  std::exception_ptr failure_;
  std::unique_ptr<archive, Free> archive_;
};

/// A sink that writes to a descriptor; `what` names it in errors.
ByteSink fd_sink(int fd, std::string what);

}  // namespace podrun::images
