#include "rootfs-tools/decompress.h"

#include <archive.h>
#include <archive_entry.h>

#include "base/error.h"

namespace podrun::images {

DecompressingSource::DecompressingSource(ByteSource& inner, const Budget& budget, std::string what)
    : packed_(inner), budget_(budget), what_(std::move(what)), input_(packed_) {
  archive* reader = input_.get();
  ::archive_read_support_filter_gzip(reader);
  ::archive_read_support_filter_zstd(reader);
  ::archive_read_support_format_raw(reader);
  ::archive_read_support_format_empty(reader);
}

void DecompressingSource::start() {
  started_ = true;
  input_.open(what_);
  archive_entry* entry = nullptr;
  const int result = ::archive_read_next_header(input_.get(), &entry);
  if (result == ARCHIVE_EOF) {
    ended_ = true;
  } else if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
    input_.fail(what_);
  }
  compressed_ = ::archive_filter_count(input_.get()) > 1;
}

std::size_t DecompressingSource::read(char* buffer, std::size_t size) {
  if (!started_) start();
  if (ended_) return 0;
  const la_ssize_t n = ::archive_read_data(input_.get(), buffer, size);
  if (n < 0) input_.fail(what_);
  if (n == 0) ended_ = true;
  unpacked_ += static_cast<std::uint64_t>(n);
  if (compressed_) budget_.check_ratio(packed_.count(), unpacked_, what_);
  return static_cast<std::size_t>(n);
}

bool looks_compressed(std::string_view start) {
  return start.substr(0, 2) == "\x1f\x8b" || start.substr(0, 4) == "\x28\xb5\x2f\xfd";
}

}  // namespace podrun::images
