// The event loop of the daemon as the node agent sees it (supervisor/node/reactor.h).
#pragma once

#include "supervisor/node/reactor.h"

namespace boost::asio {
class io_context;
}

namespace podrun::daemon {

class AsioReactor final : public node::Reactor {
 public:
  /// `io` must outlive it and all registrations.
  explicit AsioReactor(boost::asio::io_context& io) : io_(io) {}

  [[nodiscard]] Watch watch_readable(int fd, Callback callback) override;
  [[nodiscard]] Watch watch_writable(int fd, Callback callback) override;
  [[nodiscard]] Watch call_after(Nanoseconds delay, Callback callback) override;

 private:
  boost::asio::io_context& io_;
};

}  // namespace podrun::daemon
