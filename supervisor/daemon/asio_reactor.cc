#include "supervisor/daemon/asio_reactor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <utility>

namespace podrun::daemon {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

/// Shared with the pending wait: that outlives the registration by one turn of the loop.
struct FdState {
  FdState(boost::asio::io_context& io, int fd) : descriptor(io, fd) {}
  // The descriptor is the caller's: only lent to Asio.
  ~FdState() { descriptor.release(); }
  FdState(const FdState&) = delete;
  FdState& operator=(const FdState&) = delete;

  Descriptor descriptor;
  Descriptor::wait_type what = Descriptor::wait_read;
  node::Reactor::Callback callback;
  bool over = false;
};

void wait(const std::shared_ptr<FdState>& state) {
  state->descriptor.async_wait(state->what, [state](boost::system::error_code error) {
    if (error || state->over) return;
    state->callback();
    if (!state->over) wait(state);
  });
}

class FdWatch final : public node::Reactor::Registration {
 public:
  explicit FdWatch(std::shared_ptr<FdState> state) : state_(std::move(state)) {}
  ~FdWatch() override {
    state_->over = true;
    boost::system::error_code ignored;
    state_->descriptor.cancel(ignored);
    // Before the caller closes it.
    state_->descriptor.release();
  }

 private:
  std::shared_ptr<FdState> state_;
};

node::Reactor::Watch watch(boost::asio::io_context& io, int fd, Descriptor::wait_type what,
                           node::Reactor::Callback callback) {
  auto state = std::make_shared<FdState>(io, fd);
  state->what = what;
  state->callback = std::move(callback);
  wait(state);
  return std::make_unique<FdWatch>(std::move(state));
}

struct TimerState {
  explicit TimerState(boost::asio::io_context& io) : timer(io) {}
  boost::asio::steady_timer timer;
  bool over = false;
};

class TimerWatch final : public node::Reactor::Registration {
 public:
  explicit TimerWatch(std::shared_ptr<TimerState> state) : state_(std::move(state)) {}
  ~TimerWatch() override {
    state_->over = true;
    state_->timer.cancel();
  }

 private:
  std::shared_ptr<TimerState> state_;
};

}  // namespace

node::Reactor::Watch AsioReactor::watch_readable(int fd, Callback callback) {
  return watch(io_, fd, Descriptor::wait_read, std::move(callback));
}

node::Reactor::Watch AsioReactor::watch_writable(int fd, Callback callback) {
  return watch(io_, fd, Descriptor::wait_write, std::move(callback));
}

node::Reactor::Watch AsioReactor::call_after(Nanoseconds delay, Callback callback) {
  auto state = std::make_shared<TimerState>(io_);
  state->timer.expires_after(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(delay));
  state->timer.async_wait([state, callback = std::move(callback)](boost::system::error_code error) {
    if (!error && !state->over) callback();
  });
  return std::make_unique<TimerWatch>(std::move(state));
}

}  // namespace podrun::daemon
