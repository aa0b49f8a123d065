#include "supervisor/store/log_file.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/files.h"

namespace podrun::store {
namespace {

// sqlite.org/fileformat2.html, "The Write-Ahead Log".
constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // the lowest bit: checksums of big-endian words
constexpr std::size_t kMost = std::size_t{4} << 30;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

/// SQLite's running checksum over pairs of words.
class Checksum {
 public:
  explicit Checksum(bool big_endian)
      : swap_(big_endian != (std::endian::native == std::endian::big)) {}

  void add(std::string_view bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first_ += word_at(bytes, at) + second_;
      second_ += word_at(bytes, at + 4) + first_;
    }
  }
  bool is_at(std::string_view bytes, std::size_t at) const {
    return number_at(bytes, at) == first_ && number_at(bytes, at + 4) == second_;
  }

 private:
  std::uint32_t word_at(std::string_view bytes, std::size_t at) const {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return swap_ ? __builtin_bswap32(word) : word;
  }

  bool swap_;
  std::uint32_t first_ = 0, second_ = 0;
};

class Log {
 public:
  explicit Log(std::string_view bytes)
      : bytes_(bytes), page_(number_at(bytes, 8)), sum_(number_at(bytes, 0) & 1) {}

  bool has_good_header() {
    sum_.add(bytes_.substr(0, 24));
    return (number_at(bytes_, 0) & ~1U) == kMagic && page_ >= 512 && std::has_single_bit(page_) &&
           sum_.is_at(bytes_, 24);
  }
  std::size_t frames() const { return (bytes_.size() - kHeader) / (kFrameHeader + page_); }
  /// Frames are to be asked for in order: each checksum goes on from the one before.
  bool is_whole(std::size_t index) {
    const std::string_view frame = bytes_.substr(at(index), kFrameHeader + page_);
    sum_.add(frame.substr(0, 8));
    sum_.add(frame.substr(kFrameHeader));
    return is_of_now(index) && sum_.is_at(frame, 16);
  }
  /// By the salts: what an earlier turn of the log left behind has others.
  bool is_of_now(std::size_t index) const {
    return bytes_.substr(at(index) + 8, 8) == bytes_.substr(16, 8);
  }
  bool ends_transaction(std::size_t index) const { return number_at(bytes_, at(index) + 4) != 0; }

 private:
  std::size_t at(std::size_t index) const { return kHeader + index * (kFrameHeader + page_); }

  std::string_view bytes_;
  std::uint32_t page_;
  Checksum sum_;
};

}  // namespace

std::string damage_of_log(const std::string& path) {
  const auto bytes = read_file_if_exists(path, kMost);
  constexpr std::size_t kSmallestFrame = kFrameHeader + 512;
  if (!bytes || bytes->size() < kHeader + kSmallestFrame) return "";
  Log log(*bytes);
  // The header is on the disk before the first frame is written.
  if (!log.has_good_header()) return "the header of its log " + path + " is wrong";
  const std::size_t frames = log.frames();
  std::size_t broken = 0;
  while (broken < frames && log.is_whole(broken)) ++broken;
  bool ended = false;
  for (std::size_t i = broken; i < frames; ++i) {
    if (!log.is_of_now(i)) continue;
    if (ended) {
      return "frame " + std::to_string(broken + 1) + " of its log " + path +
             " is not as it was written";
    }
    ended = log.ends_transaction(i);
  }
  return "";
}

}  // namespace podrun::store
