// Streams of bytes that are read once, and what can be put around them: hashing, counting, limits.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "rootfs-tools/sha256.h"

namespace podrun::images {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `size` bytes; 0 at the end. Throws BadInput for damaged data, Error for a failed read.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
};

/// A file from `offset` on (by pread, so that several sources share a descriptor), or where the
/// descriptor cannot seek, what it gives.
class FdSource final : public ByteSource {
 public:
  FdSource(int fd, std::string what, off_t offset = 0);
  std::size_t read(char* buffer, std::size_t size) override;

 private:
  int fd_;
  std::string what_;
  off_t offset_;
  bool seekable_;
};

/// A text in memory, which must outlive the source.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}
  std::size_t read(char* buffer, std::size_t size) override;

 private:
  std::string_view rest_;
};

/// Hashes, counts and shows to a watcher what passes.
class HashingSource final : public ByteSource {
 public:
  using Watcher = std::function<void(const char* data, std::size_t size)>;
  explicit HashingSource(ByteSource& inner, Watcher watcher = nullptr)
      : inner_(inner), watcher_(std::move(watcher)) {}
  std::size_t read(char* buffer, std::size_t size) override;

  /// Reads to the end, so that digest and count are of everything.
  void drain();
  /// "sha256:<hex>" of what passed; once.
  std::string digest();
  std::uint64_t count() const { return count_; }
  /// How many zero bytes the stream ended with: a whole tar ends with 1024 or more.
  std::uint64_t trailing_zeros() const { return trailing_zeros_; }

 private:
  ByteSource& inner_;
  Watcher watcher_;
  Sha256 hash_;
  std::uint64_t count_ = 0;
  std::uint64_t trailing_zeros_ = 0;
};

/// All of a source as text; throws BadInput, naming `what`, beyond `limit` bytes.
std::string read_text(ByteSource& source, std::size_t limit, const std::string& what);

}  // namespace podrun::images
