// The supervisor's one loop: descriptors by epoll, and one deadline. It sleeps until something
// happens; an idle pod costs no wakeup.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/fd.h"

namespace podrun::pod {

class Loop {
 public:
  using Callback = std::function<void(std::uint32_t events)>;

  /// A registration, owned: destroying it ends the watch. It must not outlive the loop, nor its
  /// descriptor outlive it open elsewhere (epoll watches open files, not numbers).
  class Watch {
   public:
    Watch() = default;
    Watch(Watch&& other) noexcept { *this = std::move(other); }
    Watch& operator=(Watch&& other) noexcept;
    ~Watch() { reset(); }
    void reset() noexcept;
    bool active() const { return loop_ != nullptr; }

   private:
    friend class Loop;
    Loop* loop_ = nullptr;
    int fd_ = -1;
    std::uint64_t id_ = 0;
  };

  explicit Loop(const Clock& clock);

  /// Calls back for each readiness of `fd` (level-triggered). The callback may drop its own or any
  /// other watch.
  Watch watch(int fd, std::uint32_t events, Callback callback);
  /// Waits until a descriptor is ready or `deadline` comes, and dispatches.
  void run_once(std::optional<Moment> deadline);
  /// How often run_once() woke up: what the wakeup test counts.
  std::uint64_t wakeups() const { return wakeups_; }

 private:
  const Clock& clock_;
  Fd epoll_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Callback>> callbacks_;
  std::uint64_t next_id_ = 1;
  std::uint64_t wakeups_ = 0;
};

}  // namespace podrun::pod
