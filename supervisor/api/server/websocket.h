// The server's side of WebSocket (RFC 6455), free of the transport: the handshake's answer, and
// frames from and to bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/api/http.h"
#include "supervisor/api/websocket_head.h"

namespace podrun::api {

/// Whether the client asks for a WebSocket at all: `Upgrade: websocket`.
bool is_websocket(const Request& request);

/// The 101 answer without its `upgrade`. The sub-protocol is the first of `protocols` that the
/// client offers. Throws ApiError 400 where the handshake is none or no sub-protocol is shared.
Response websocket_answer(const Request& request, const std::vector<std::string_view>& protocols);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string websocket_accept(std::string_view key);

/// An unmasked frame, complete in itself, as servers send them.
std::string websocket_frame(Opcode opcode, std::string_view payload);
/// A close frame with its status code (RFC 6455 section 7.4).
std::string websocket_close(std::uint16_t code);

/// Takes a client's bytes in pieces of any size.
class WebSocketDecoder {
 public:
  struct Message {
    Opcode opcode;  // never kContinuation
    std::string payload;
  };

  /// `limit`: the largest message in bytes, all its fragments together.
  explicit WebSocketDecoder(std::size_t limit) : limit_(limit) {}

  void feed(std::string_view bytes);
  /// The next whole message; control frames come between a message's fragments.
  std::optional<Message> next();
  /// The status code to close with where the client broke the protocol; 0: all is well. Nothing is
  /// decoded from then on.
  std::uint16_t failure() const { return failure_; }

 private:
  struct Head {
    bool final;
    Opcode opcode;
    std::size_t size;    // of the payload
    std::size_t length;  // of the head, mask included
  };
  std::optional<Head> head();
  std::optional<Message> take(const Head& head);
  std::string unmasked(const Head& head);
  std::nullopt_t fail(std::uint16_t code);
  std::string_view rest() const { return std::string_view(input_).substr(taken_); }

  std::size_t limit_;
  std::string input_;
  std::size_t taken_ = 0;  // of input_
  std::optional<Message> partial_;
  std::uint16_t failure_ = 0;
};

}  // namespace podrun::api
