// Between a command in a container and its client: the streams of Kubernetes' remote command
// protocol, apart from what carries them (WebSocket).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace podrun::daemon {

/// The numbers are those of the WebSocket protocol.
enum class ExecStream : std::uint8_t { kStdin, kStdout, kStderr, kError, kResize };

/// The client's side, as the command's session uses it. Nothing reaches a client that is gone.
class ExecWire {
 public:
  virtual ~ExecWire() = default;
  virtual void send(ExecStream stream, std::string_view bytes) = 0;
  /// All was said: the connection ends once that is sent.
  virtual void finish() = 0;

  /// Flow control: see api::Flow.
  virtual std::size_t queued() const = 0;
  virtual void when_drained(std::function<void()> again) = 0;
  virtual void pause_input(bool paused) = 0;
};

}  // namespace podrun::daemon
