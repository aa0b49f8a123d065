#include "tests/support/poll_reactor.h"

#include <poll.h>

#include <algorithm>
#include <vector>

namespace podrun::test {

class PollReactor::Owned final : public node::Reactor::Registration {
 public:
  Owned(PollReactor& reactor, std::uint64_t id) : reactor_(reactor), id_(id) {}
  ~Owned() override { reactor_.entries_.erase(id_); }

 private:
  PollReactor& reactor_;
  std::uint64_t id_;
};

node::Reactor::Watch PollReactor::add(Entry entry) {
  entries_[next_] = std::move(entry);
  return std::make_unique<Owned>(*this, next_++);
}

node::Reactor::Watch PollReactor::watch_readable(int fd, Callback callback) {
  return add({fd, {}, std::make_shared<Callback>(std::move(callback)), POLLIN});
}

node::Reactor::Watch PollReactor::watch_writable(int fd, Callback callback) {
  return add({fd, {}, std::make_shared<Callback>(std::move(callback)), POLLOUT});
}

node::Reactor::Watch PollReactor::call_after(Nanoseconds delay, Callback callback) {
  return add({-1, clock_.now() + delay, std::make_shared<Callback>(std::move(callback))});
}

void PollReactor::run_once(std::chrono::milliseconds at_most) {
  Nanoseconds wait = at_most;
  std::vector<pollfd> fds;
  std::vector<std::uint64_t> ids;
  for (const auto& [id, entry] : entries_) {
    if (entry.fd < 0) {
      wait = std::min(wait, std::max(entry.due - clock_.now(), Nanoseconds(0)));
    } else {
      fds.push_back({entry.fd, entry.events, 0});
      ids.push_back(id);
    }
  }
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  ::poll(fds.data(), fds.size(), static_cast<int>(milliseconds));
  const Moment now = clock_.now();
  std::vector<std::uint64_t> due;
  for (std::size_t i = 0; i < fds.size(); ++i) {
    if (fds[i].revents != 0) due.push_back(ids[i]);
  }
  for (const auto& [id, entry] : entries_) {
    if (entry.fd < 0 && entry.due <= now) due.push_back(id);
  }
  for (const std::uint64_t id : due) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) continue;  // an earlier callback of this round dropped it
    const auto callback = found->second.callback;
    if (found->second.fd < 0) entries_.erase(found);
    (*callback)();
  }
}

bool PollReactor::run_until(const std::function<bool()>& condition,
                            std::chrono::milliseconds limit) {
  const Moment end = clock_.now() + limit;
  while (!condition()) {
    if (clock_.now() >= end) return false;
    run_once(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace podrun::test
