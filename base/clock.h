// Time as decisions see it: passed in, never asked for.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace podrun {

using Seconds = std::chrono::seconds;
using Nanoseconds = std::chrono::nanoseconds;

/// A moment of CLOCK_BOOTTIME-like steady time: for deadlines and backoff.
struct SteadyClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<SteadyClock>;
  static constexpr bool is_steady = true;
};
using Moment = SteadyClock::time_point;

/// Wall-clock time (UTC): for timestamps that a person reads.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

/// Where acts get the time. Decisions take a Moment as an argument instead.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Moment now() const = 0;
  virtual WallTime wall() const = 0;
};

/// CLOCK_BOOTTIME and CLOCK_REALTIME.
class SystemClock final : public Clock {
 public:
  Moment now() const override;
  WallTime wall() const override;
};

/// A clock that a test moves.
class FakeClock final : public Clock {
 public:
  Moment now() const override { return now_; }
  WallTime wall() const override { return wall_; }
  void advance(Nanoseconds by) {
    now_ += by;
    wall_ += by;
  }

 private:
  Moment now_{std::chrono::hours(1)};
  WallTime wall_{std::chrono::seconds(1763892000)};
};

/// "2026-11-23T10:00:00Z", as Kubernetes writes metav1.Time.
std::string rfc3339(WallTime time);
/// "2026-11-23T10:00:00.123456789Z", as CRI log lines carry it.
std::string rfc3339_nano(WallTime time);
/// Reads both forms, with a zone of "Z" or "+05:30"; digits past nanoseconds are dropped. Throws
/// BadInput.
WallTime parse_rfc3339(std::string_view text);

}  // namespace podrun
