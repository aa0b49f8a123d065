// Between a container and its client: the streams of Kubernetes' remote command protocol, apart
// from what carries them (SPDY, WebSocket) and from what is done with them (exec, attach).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace podrun::daemon {

/// The numbers are those of the WebSocket protocol.
enum class ExecStream : std::uint8_t { kStdin, kStdout, kStderr, kError, kResize };

/// The container's side, as the wire uses it.
class WireSession {
 public:
  virtual ~WireSession() = default;
  virtual void input(std::string_view bytes) = 0;
  virtual void end_input() = 0;
  virtual void resize(unsigned short width, unsigned short height) = 0;
};

/// The client's side, as the session uses it. Nothing reaches a client that is gone.
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

/// Begins a session on a wire.
using SessionStart = std::function<std::unique_ptr<WireSession>(ExecWire&)>;
/// Output that may wait for the client; more is held back.
inline constexpr std::size_t kMaxQueued = 1u << 20;

}  // namespace podrun::daemon
