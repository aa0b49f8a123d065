// node::Reactor on poll(2), for tests: run_until() turns it until a condition holds.
#pragma once

#include <chrono>
#include <functional>
#include <map>

#include "base/clock.h"
#include "supervisor/node/reactor.h"

namespace podrun::test {

class PollReactor final : public node::Reactor {
 public:
  Watch watch_readable(int fd, Callback callback) override;
  Watch watch_writable(int fd, Callback callback) override;
  Watch call_after(Nanoseconds delay, Callback callback) override;

  /// False where `condition` did not hold within `limit`.
  bool run_until(const std::function<bool()>& condition,
                 std::chrono::milliseconds limit = std::chrono::seconds(20));
  /// One round: waits for what comes first, at most so long.
  void run_once(std::chrono::milliseconds at_most);

 private:
  struct Entry {
    int fd = -1;  // -1: a timer
    Moment due{};
    std::shared_ptr<Callback> callback;
    short events = 0;  // of poll(2)
  };
  class Owned;
  Watch add(Entry entry);

  SystemClock clock_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t next_ = 0;
};

}  // namespace podrun::test
