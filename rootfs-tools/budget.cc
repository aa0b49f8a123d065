#include "rootfs-tools/budget.h"

#include "base/error.h"

namespace podrun::images {

void Budget::count_entry(const std::string& what) {
  if (++entries_ > limits_.entries)
    throw BadInput(what + ": more than " + std::to_string(limits_.entries) + " files",
                   "the limit for an import");
}

void Budget::count_bytes(std::uint64_t bytes, const std::string& what) {
  if (bytes > limits_.unpacked_bytes || bytes_ > limits_.unpacked_bytes - bytes)
    throw BadInput(
        what + ": unpacks to more than " + std::to_string(limits_.unpacked_bytes) + " bytes",
        "the limit for an import");
  bytes_ += bytes;
}

void Budget::check_ratio(std::uint64_t packed, std::uint64_t unpacked,
                         const std::string& what) const {
  if (unpacked <= limits_.ratio_from || unpacked / limits_.ratio <= packed) return;
  throw BadInput(
      what + ": unpacks to more than " + std::to_string(limits_.ratio) + " times its size",
      "it looks like a decompression bomb");
}

}  // namespace podrun::images
