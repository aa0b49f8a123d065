// How a WebSocket frame begins (RFC 6455 section 5.2), for servers and clients alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace podrun::api {

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

/// The head of a frame that is complete in itself, of `size` bytes. A mask follows it where it is
/// `masked`, as clients' frames are.
std::string websocket_head(Opcode opcode, std::size_t size, bool masked);

}  // namespace podrun::api
