// The client's side of WebSocket (RFC 6455), free of the transport: frames from and to bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/api/websocket_head.h"

namespace podrun::client {

using FrameKind = api::Opcode;
using Mask = std::array<unsigned char, 4>;

/// A frame, complete in itself, masked as clients' are.
std::string masked_frame(FrameKind kind, std::string_view payload, const Mask& mask);

/// Takes the server's bytes in pieces of any size.
class FrameReader {
 public:
  struct Message {
    FrameKind kind;  // never kContinuation
    std::string payload;
  };

  void feed(std::string_view bytes) { input_.append(bytes); }
  /// The next whole message; control frames come between a message's fragments. Throws Error where
  /// the server breaks the protocol.
  std::optional<Message> next();

 private:
  std::string input_;
  std::optional<Message> partial_;
};

}  // namespace podrun::client
