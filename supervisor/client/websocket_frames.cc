#include "supervisor/client/websocket_frames.h"

#include <utility>

#include "base/error.h"

namespace podrun::client {
namespace {

constexpr unsigned char kFinal = 0x80, kMasked = 0x80;
constexpr std::size_t kTwoBytes = 126, kEightBytes = 127;
/// The daemon's messages are far smaller; this bounds what a broken one can claim.
constexpr std::size_t kMostBytes = 64u << 20;

struct Head {
  bool final;
  FrameKind kind;
  std::size_t length;   // of the head
  std::size_t payload;  // of what follows
};

/// Nothing where more bytes are needed.
std::optional<Head> head_of(std::string_view bytes) {
  if (bytes.size() < 2) return {};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  if ((byte(1) & kMasked) != 0 || (byte(0) & 0x70) != 0) {
    throw Error("the daemon broke the WebSocket protocol");
  }
  std::size_t size = byte(1), digits = 0;
  if (size == kTwoBytes) digits = 2;
  if (size == kEightBytes) digits = 8;
  if (bytes.size() < 2 + digits) return {};
  if (digits > 0) size = 0;
  for (std::size_t i = 0; i < digits; ++i) size = size << 8 | byte(2 + i);
  if (size > kMostBytes) throw Error("the daemon sent a WebSocket message that is too large");
  return Head{(byte(0) & kFinal) != 0, static_cast<FrameKind>(byte(0) & 15), 2 + digits, size};
}

}  // namespace

std::string masked_frame(FrameKind kind, std::string_view payload, const Mask& mask) {
  std::string frame = api::websocket_head(kind, payload.size(), /*masked=*/true);
  for (const unsigned char byte : mask) frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}

std::optional<FrameReader::Message> FrameReader::next() {
  while (const auto head = head_of(input_)) {
    if (input_.size() < head->length + head->payload) return {};
    std::string payload = input_.substr(head->length, head->payload);
    input_.erase(0, head->length + head->payload);
    if (head->kind >= FrameKind::kClose) return Message{head->kind, std::move(payload)};
    if (head->kind == FrameKind::kContinuation) {
      if (!partial_) throw Error("the daemon broke the WebSocket protocol");
      partial_->payload += payload;
    } else {
      partial_ = Message{head->kind, std::move(payload)};
    }
    if (head->final) return std::exchange(partial_, std::nullopt);
  }
  return {};
}

}  // namespace podrun::client
