// The fields of a protobuf message, one after the other, out of bytes that nobody vouches for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace podrun::api::protobuf {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

/// One field as it stands on the wire.
struct WireField {
  std::uint64_t number;
  WireType type;
  std::uint64_t varint = 0;  // of a kVarint
  std::string_view bytes;    // of a kBytes; into the text that is read
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  /// The next field; nothing at the end. Throws ApiError (400) where the bytes are no message.
  std::optional<WireField> next();
  bool done() const { return rest_.empty(); }
  std::uint64_t varint();

 private:
  std::string_view take(std::uint64_t size);
  std::string_view rest_;
};

}  // namespace podrun::api::protobuf
