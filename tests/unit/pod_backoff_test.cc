// semantics.md, Restarts: "Backoff, per container".
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "supervisor/pod/backoff.h"

namespace podrun::pod {
namespace {

constexpr Moment kStart{std::chrono::hours(2)};

TEST(RestartBackoff, FirstRestartIsImmediateThenTenSecondsDoubledUpToFiveMinutes) {
  Backoff backoff;
  Moment now = kStart;
  for (const int seconds : {0, 10, 20, 40, 80, 160, 300, 300, 300}) {
    const Moment finished = now + Seconds(2);
    EXPECT_EQ(backoff.next(now, finished), Seconds(seconds));
    EXPECT_EQ(backoff.current(), Seconds(seconds));
    now = finished + backoff.current();
  }
}

TEST(RestartBackoff, AContainerThatRanTenMinutesStartsOver) {
  Backoff backoff;
  for (int i = 0; i < 5; ++i) backoff.next(kStart, kStart);
  EXPECT_EQ(backoff.next(kStart, kStart + Seconds(599)), Seconds(160));
  EXPECT_EQ(backoff.next(kStart, kStart + Seconds(600)), Seconds(0));
  EXPECT_EQ(backoff.next(kStart, kStart + Seconds(1)), Seconds(10));
}

TEST(RestartBackoff, FiguresCanBeChanged) {
  Backoff backoff({Seconds(1), Seconds(5), Seconds(60)});
  for (const int seconds : {0, 1, 2, 4, 5, 5}) {
    EXPECT_EQ(backoff.next(kStart, kStart), Seconds(seconds));
  }
}

/// kubelet's bookkeeping, second by second: an entry made or doubled at each restart, looked up
/// with the time at which the last instance ended.
class KubeletReference {
 public:
  Moment restart_time(Moment finished) {
    Moment now = finished;
    while (in_backoff(now, finished)) now += Seconds(1);
    if (!entry_ || expired(finished)) {
      entry_ = Seconds(10);
    } else {
      entry_ = std::min(*entry_ * 2, Seconds(300));
    }
    updated_ = now;
    return now;
  }

 private:
  bool expired(Moment event) const { return event - updated_ >= Seconds(600); }
  bool in_backoff(Moment now, Moment finished) const {
    return entry_ && !expired(finished) && now - finished < *entry_;
  }
  std::optional<Seconds> entry_;
  Moment updated_;
};

TEST(RestartBackoffModel, AgreesWithKubeletsBookkeepingOverRandomRuns) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int run = 0; run < 200; ++run) {
    Backoff backoff;
    KubeletReference reference;
    Moment started = kStart;
    const int stability = 1 + below(20);
    for (int i = 0; i < 100; ++i) {
      const Moment finished = started + Seconds(below(stability) == 0 ? below(1300) : below(60));
      const Moment restart = reference.restart_time(finished);
      ASSERT_EQ(finished + backoff.next(started, finished), restart) << "run " << run << " " << i;
      started = restart;
    }
  }
}

}  // namespace
}  // namespace podrun::pod
