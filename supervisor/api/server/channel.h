// The bytes of one connection, non-blocking: plain, or through TLS. It does not own the descriptor.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "supervisor/api/http.h"

namespace podrun::api {

struct IoResult {
  enum Status {
    kDone,
    kWaitRead,   // try again when the descriptor is readable
    kWaitWrite,  // … writable
    kEnd,        // the peer has closed its side
    kBroken,
  };
  Status status = kDone;
  std::size_t bytes = 0;
};

class Channel {
 public:
  virtual ~Channel() = default;
  virtual IoResult handshake() = 0;
  virtual IoResult read(char* to, std::size_t size) = 0;
  virtual IoResult write(std::string_view bytes) = 0;
  /// Bytes can be read although the descriptor need not become readable.
  virtual bool has_pending() const = 0;
  /// Tells the peer that nothing more follows.
  virtual void end_output() = 0;
  /// Whom a verified certificate names, after the handshake.
  virtual std::optional<User> peer() const = 0;
};

std::unique_ptr<Channel> make_plain_channel(int socket);

}  // namespace podrun::api
