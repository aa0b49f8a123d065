#include "rootfs-tools/byte_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "rootfs-tools/digest.h"

namespace podrun::images {

namespace {
constexpr std::size_t kChunk = 64 << 10;
}

FdSource::FdSource(int fd, std::string what, off_t offset)
    : fd_(fd), what_(std::move(what)), offset_(offset), seekable_(::lseek(fd, 0, SEEK_CUR) >= 0) {}

std::size_t FdSource::read(char* buffer, std::size_t size) {
  while (true) {
    const ssize_t n = seekable_ ? ::pread(fd_, buffer, size, offset_) : ::read(fd_, buffer, size);
    if (n >= 0) {
      offset_ += n;
      return static_cast<std::size_t>(n);
    }
    if (errno != EINTR) throw_errno("read " + what_);
  }
}

std::size_t TextSource::read(char* buffer, std::size_t size) {
  const std::size_t n = std::min(size, rest_.size());
  std::memcpy(buffer, rest_.data(), n);
  rest_.remove_prefix(n);
  return n;
}

std::size_t HashingSource::read(char* buffer, std::size_t size) {
  const std::size_t n = inner_.read(buffer, size);
  hash_.update(buffer, n);
  count_ += n;
  std::size_t zeros = 0;
  while (zeros < n && buffer[n - 1 - zeros] == '\0') ++zeros;
  trailing_zeros_ = zeros == n ? trailing_zeros_ + n : zeros;
  if (watcher_ && n > 0) watcher_(buffer, n);
  return n;
}

void HashingSource::drain() {
  std::array<char, kChunk> buffer;
  while (read(buffer.data(), buffer.size()) > 0) {
  }
}

std::string HashingSource::digest() { return std::string(kSha256Prefix) + hash_.hex(); }

std::string read_text(ByteSource& source, std::size_t limit, const std::string& what) {
  std::string text;
  std::array<char, kChunk> buffer;
  while (const std::size_t n = source.read(buffer.data(), buffer.size())) {
    if (text.size() + n > limit)
      throw BadInput(what + ": larger than " + std::to_string(limit) + " bytes");
    text.append(buffer.data(), n);
  }
  return text;
}

}  // namespace podrun::images
