// A listening socket: accepts connections, within a number, and tells who is there.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/fd.h"

namespace podrun::api {

/// A socket of mode 0600 at `path`. Throws Error; EADDRINUSE where a process serves it.
Fd listen_at_path(const std::string& path);
/// A TCP socket at a numeric address; port 0 picks one.
Fd listen_at_address(const std::string& address, std::uint16_t port);
std::uint16_t port_of(int socket);

/// Owned through a shared_ptr: an operation may still hold it after close().
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  /// `slot` counts against the limit until it is destroyed.
  using Accepted = std::function<void(Fd socket, std::shared_ptr<void> slot)>;

  Listener(boost::asio::io_context& io, Fd socket, std::size_t limit, Accepted accepted);
  void start();
  void close();

 private:
  void wait();
  void accept_some();

  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer pause_;
  std::size_t limit_;
  std::shared_ptr<std::size_t> open_ = std::make_shared<std::size_t>(0);
  Accepted accepted_;
};

}  // namespace podrun::api
