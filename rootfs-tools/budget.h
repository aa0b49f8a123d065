// What an import may still unpack. Counting happens before the disk is written.
#pragma once

#include <cstdint>
#include <string>

#include "rootfs-tools/import.h"

namespace podrun::images {

class Budget {
 public:
  explicit Budget(const ImportLimits& limits) : limits_(limits) {}

  /// Throw BadInput, naming `what`, when the limit is passed.
  void count_entry(const std::string& what);
  void count_bytes(std::uint64_t bytes, const std::string& what);
  /// A decompressor has made `unpacked` bytes of `packed`.
  void check_ratio(std::uint64_t packed, std::uint64_t unpacked, const std::string& what) const;

  const ImportLimits& limits() const { return limits_; }

 private:
  ImportLimits limits_;
  std::uint64_t entries_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace podrun::images
