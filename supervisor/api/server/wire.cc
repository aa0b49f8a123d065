#include "supervisor/api/server/wire.h"

#include "supervisor/api/server/wire_later.h"

namespace podrun::api {

namespace {
/// Reads in one turn of the event loop: then others have theirs.
constexpr int kReadsPerTurn = 8;
}  // namespace

Wire::Wire(boost::asio::io_context& io, Fd socket, std::unique_ptr<Channel> channel,
           std::span<char> scratch)
    : channel_(std::move(channel)), io_(io), descriptor_(io, socket.get()), scratch_(scratch) {
  (void)socket.release();  // the descriptor owns it now
}

void Wire::wait(bool for_write, void (Wire::*then)()) {
  const auto what = for_write ? boost::asio::posix::descriptor_base::wait_write
                              : boost::asio::posix::descriptor_base::wait_read;
  descriptor_.async_wait(what,
                         [self = shared_from_this(), then](const boost::system::error_code& error) {
                           if (!error && self->open_) (self.get()->*then)();
                         });
}

void Wire::begin() {
  later([this] { shake_hands(); });
}

void Wire::shake_hands() {
  switch (channel_->handshake().status) {
    case IoResult::kDone:
      return on_ready();
    case IoResult::kWaitRead:
      return wait(false, &Wire::shake_hands);
    case IoResult::kWaitWrite:
      return wait(true, &Wire::shake_hands);
    default:
      return on_broken();
  }
}

void Wire::want_input(bool wanted) {
  input_wanted_ = wanted;
  if (!wanted || waiting_to_read_ || reading_ || !open_) return;
  waiting_to_read_ = true;
  if (channel_->has_pending()) {
    later([this] { readable(); });
  } else {
    wait(false, &Wire::readable);
  }
}

void Wire::readable() {
  waiting_to_read_ = false;
  reading_ = true;
  read_all();
  reading_ = false;
  if (open_ && input_wanted_) want_input(true);
}

void Wire::read_all() {
  for (int i = 0; i < kReadsPerTurn && open_ && input_wanted_; ++i) {
    const IoResult result = channel_->read(scratch_.data(), scratch_.size());
    switch (result.status) {
      case IoResult::kDone:
        on_input({scratch_.data(), result.bytes});
        if (result.bytes < scratch_.size() && !channel_->has_pending()) return;
        break;
      case IoResult::kWaitRead:
        return;
      case IoResult::kWaitWrite:  // TLS answers a key update first
        waiting_to_read_ = true;
        return wait(true, &Wire::readable);
      case IoResult::kEnd:
        input_wanted_ = false;
        return on_end();
      case IoResult::kBroken:
        return on_broken();
    }
  }
}

bool Wire::send_all() {
  while (!output_.empty()) {
    const IoResult result = channel_->write(output_.front());
    if (result.status == IoResult::kDone) {
      output_.consume(result.bytes);
    } else if (result.status == IoResult::kWaitWrite || result.status == IoResult::kWaitRead) {
      waiting_to_write_ = true;
      wait(result.status == IoResult::kWaitWrite, &Wire::writable);
      return false;
    } else {
      broken();
      return false;
    }
  }
  return true;
}

void Wire::broken() {
  if (broken_) return;
  broken_ = true;
  later([this] { on_broken(); });
}

bool Wire::flush() {
  if (!open_ || broken_ || waiting_to_write_) return output_.empty();
  return send_all();
}

void Wire::flush_soon() {
  if (flush_planned_ || waiting_to_write_) return;
  flush_planned_ = true;
  later([this] {
    flush_planned_ = false;
    flush();
    on_sent();
  });
}

void Wire::writable() {
  waiting_to_write_ = false;
  flush();
  if (open_) on_sent();
}

void Wire::close_descriptor() {
  if (!open_) return;
  open_ = false;
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  output_.clear();
}

}  // namespace podrun::api
