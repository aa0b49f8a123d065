// Flow control of a sink: for whoever writes more than the client's queue may hold (the log of a
// container, the output of an exec), or must not take more input than it can pass on.
#pragma once

#include <cstddef>
#include <functional>

namespace podrun::api {

/// The HTTP server's sinks are of this kind, too: `dynamic_cast<Flow*>(sink.get())`.
class Flow {
 public:
  virtual ~Flow() = default;
  /// Bytes that the client has not taken yet.
  virtual std::size_t queued() const = 0;
  /// Calls `again` once, from the event loop, when the queue is short: soon if it is already. The
  /// one asked for last counts; never called once the client is gone.
  virtual void when_drained(std::function<void()> again) = 0;
  /// Stops and resumes Upgrade::on_bytes; the client is then held back by its socket. While it is
  /// stopped, the client's end is noticed by writing only.
  virtual void pause_input(bool paused) = 0;
};

}  // namespace podrun::api
