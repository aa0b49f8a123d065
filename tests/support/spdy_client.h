// What a client of SPDY/3.1 sends.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/api/server/spdy.h"

namespace podrun::test {

inline std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

inline std::string frame(std::uint32_t first, std::uint32_t flags, const std::string& body) {
  return big_endian(first) + big_endian(flags << 24 | static_cast<std::uint32_t>(body.size())) +
         body;
}

/// Headers before they are compressed.
inline std::string spdy_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string text = big_endian(static_cast<std::uint32_t>(headers.size()));
  for (const auto& [name, value] : headers) {
    text += big_endian(static_cast<std::uint32_t>(name.size())) + name;
    text += big_endian(static_cast<std::uint32_t>(value.size())) + value;
  }
  return text;
}

/// A client's header blocks, one after another.
class SpdyClient {
 public:
  SpdyClient() {
    const std::string& words = api::spdy_dictionary();
    deflateInit(&zlib_, Z_BEST_COMPRESSION);
    deflateSetDictionary(&zlib_, reinterpret_cast<const Bytef*>(words.data()),
                         static_cast<uInt>(words.size()));
  }
  ~SpdyClient() { deflateEnd(&zlib_); }
  SpdyClient(const SpdyClient&) = delete;
  SpdyClient& operator=(const SpdyClient&) = delete;

  std::string compressed(const std::string& text) {
    std::string input = text;
    std::vector<char> block(text.size() + 1000);
    zlib_.next_in = reinterpret_cast<Bytef*>(input.data());
    zlib_.avail_in = static_cast<uInt>(input.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(block.data());
    zlib_.avail_out = static_cast<uInt>(block.size());
    deflate(&zlib_, Z_SYNC_FLUSH);
    return {block.data(), block.size() - zlib_.avail_out};
  }
  std::string open_stream(std::uint32_t id, const std::string& headers) {
    return frame(0x80030001, 0, big_endian(id) + std::string(6, '\0') + compressed(headers));
  }

 private:
  z_stream zlib_{};
};

}  // namespace podrun::test
