// One connection's descriptor in the event loop: when bytes come and go, and what to do when the
// peer is gone. What the bytes mean is the derived class's business.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "supervisor/api/server/channel.h"
#include "supervisor/api/server/output_queue.h"

namespace podrun::api {

/// The hooks are called from the event loop only, never from within a call of a protected function:
/// whoever writes is not surprised by its own end.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  virtual ~Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool is_open() const { return open_; }

 protected:
  /// `scratch` is where all connections read to; its content is passed on at once.
  Wire(boost::asio::io_context& io, Fd socket, std::unique_ptr<Channel> channel,
       std::span<char> scratch);

  /// Shakes hands, then calls on_ready.
  void begin();
  /// Bytes are read while it is wanted. Reading is also how the peer's end is noticed.
  void want_input(bool wanted);
  /// Sends what the kernel takes now; the rest follows by itself. True when nothing is left.
  bool flush();
  /// Flushes at the end of this turn of the event loop: small pieces go together.
  void flush_soon();
  /// Calls `then` from the event loop while the connection is open.
  template <typename Then>
  void later(Then then);
  void end_output() { channel_->end_output(); }
  void close_descriptor();

  OutputQueue output_;
  std::unique_ptr<Channel> channel_;

  virtual void on_ready() = 0;
  virtual void on_input(std::string_view bytes) = 0;
  virtual void on_end() = 0;     // the peer has closed its side
  virtual void on_sent() = 0;    // flush went on: some of output_ was taken
  virtual void on_broken() = 0;  // nothing can be sent or read any more

 private:
  void wait(bool for_write, void (Wire::*then)());
  void shake_hands();
  void readable();
  void read_all();
  void writable();
  void broken();
  /// False where the queue is not empty and something is to be waited for.
  bool send_all();

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor descriptor_;
  std::span<char> scratch_;
  bool open_ = true;
  bool input_wanted_ = false;
  /// Through the descriptor only while the channel has nothing pending.
  bool waiting_to_read_ = false;
  bool reading_ = false;
  bool waiting_to_write_ = false;
  bool flush_planned_ = false;
  bool broken_ = false;
};

}  // namespace podrun::api
