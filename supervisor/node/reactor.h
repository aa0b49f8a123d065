// What the node agent needs of an event loop. The daemon gives it Asio's, tests a small poll(2)
// loop.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"

namespace podrun::node {

class Reactor {
 public:
  using Callback = std::function<void()>;

  /// Owned by who asked; its destruction ends the watch or the timer, also from within its own
  /// callback.
  class Registration {
   public:
    Registration() = default;
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    virtual ~Registration() = default;
  };
  using Watch = std::unique_ptr<Registration>;

  Reactor() = default;
  Reactor(const Reactor&) = delete;
  Reactor& operator=(const Reactor&) = delete;
  virtual ~Reactor() = default;

  /// Calls back, from the loop, as often as `fd` is found readable (level-triggered). The
  /// descriptor stays the caller's and outlives the registration; it has one watch at a time.
  [[nodiscard]] virtual Watch watch_readable(int fd, Callback callback) = 0;
  /// The same for a descriptor that can be written to.
  [[nodiscard]] virtual Watch watch_writable(int fd, Callback callback) = 0;
  /// Calls back once, from the loop; a delay of 0 means: as soon as the current callback is over.
  [[nodiscard]] virtual Watch call_after(Nanoseconds delay, Callback callback) = 0;
};

}  // namespace podrun::node
