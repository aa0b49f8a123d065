#include "supervisor/pod/loop.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"

namespace podrun::pod {

Loop::Watch& Loop::Watch::operator=(Watch&& other) noexcept {
  if (this != &other) {
    reset();
    loop_ = std::exchange(other.loop_, nullptr);
    fd_ = std::exchange(other.fd_, -1);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

void Loop::Watch::reset() noexcept {
  if (loop_ == nullptr) return;
  ::epoll_ctl(loop_->epoll_.get(), EPOLL_CTL_DEL, fd_, nullptr);
  loop_->callbacks_.erase(id_);
  loop_ = nullptr;
}

Loop::Loop(const Clock& clock) : clock_(clock), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!epoll_) throw_errno("create an epoll instance");
}

Loop::Watch Loop::watch(int fd, std::uint32_t events, Callback callback) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = next_id_;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    throw_errno("watch file descriptor " + std::to_string(fd));
  }
  callbacks_[next_id_] = std::make_shared<Callback>(std::move(callback));
  Watch watch;
  watch.loop_ = this;
  watch.fd_ = fd;
  watch.id_ = next_id_++;
  return watch;
}

void Loop::run_once(std::optional<Moment> deadline) {
  timespec timeout{};
  if (deadline) {
    const Nanoseconds left = std::max(*deadline - clock_.now(), Nanoseconds(0));
    timeout.tv_sec = std::chrono::floor<Seconds>(left).count();
    timeout.tv_nsec = (left % Seconds(1)).count();
  }
  std::array<epoll_event, 16> ready{};
  const int count = ::epoll_pwait2(epoll_.get(), ready.data(), static_cast<int>(ready.size()),
                                   deadline ? &timeout : nullptr, nullptr);
  if (count < 0 && errno != EINTR) throw_errno("wait for events");
  ++wakeups_;
  for (int i = 0; i < count; ++i) {
    const auto& event = ready.at(static_cast<std::size_t>(i));
    // A copy: a packed event's fields are no place for references.
    const std::uint64_t id = event.data.u64;
    const auto found = callbacks_.find(id);
    if (found == callbacks_.end()) continue;  // an earlier callback of this round dropped it
    const std::shared_ptr<Callback> keep = found->second;
    (*keep)(event.events);
  }
}

}  // namespace podrun::pod
