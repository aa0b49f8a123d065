// Undoes gzip or zstd; what is neither passes as it is.
#pragma once

#include <cstdint>
#include <string>

#include "rootfs-tools/budget.h"
#include "rootfs-tools/byte_source.h"
#include "rootfs-tools/libarchive.h"

namespace podrun::images {

class DecompressingSource final : public ByteSource {
 public:
  DecompressingSource(ByteSource& inner, const Budget& budget, std::string what);
  std::size_t read(char* buffer, std::size_t size) override;
  /// True where the data was compressed (known after the first read).
  bool compressed() const { return compressed_; }

 private:
  void start();

  HashingSource packed_;
  const Budget& budget_;
  std::string what_;
  ArchiveInput input_;
  std::uint64_t unpacked_ = 0;
  bool started_ = false;
  bool ended_ = false;
  bool compressed_ = false;
};

/// Whether these first bytes of a file are gzip's or zstd's.
bool looks_compressed(std::string_view start);

}  // namespace podrun::images
