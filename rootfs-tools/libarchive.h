// libarchive readers as owned values that read from a ByteSource and throw.
#pragma once

#include <array>
#include <exception>
#include <memory>
#include <string>

#include "rootfs-tools/byte_source.h"

// NOLINTNEXTLINE(readability-identifier-naming): libarchive's own name
struct archive;

namespace podrun::images {

/// An archive_read object whose input is a ByteSource. Pinned: libarchive holds its address.
class ArchiveInput {
 public:
  explicit ArchiveInput(ByteSource& source);
  ArchiveInput(const ArchiveInput&) = delete;
  ArchiveInput& operator=(const ArchiveInput&) = delete;

  archive* get() const { return archive_.get(); }
  /// Starts reading, once formats and filters were chosen.
  void open(const std::string& what);
  /// Throws what the source threw while libarchive read from it, else BadInput with libarchive's
  /// text.
  [[noreturn]] void fail(const std::string& what);

 private:
  struct Free {
    void operator()(archive* input) const;
  };
  static ssize_t read_some(archive* input, void* self, const void** data);

  ByteSource& source_;
  std::exception_ptr failure_;
  std::array<char, 64 << 10> buffer_;
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace podrun::images
