// semantics.md, Termination; and Probes, "grace" (whose grace it is, the caller says).
#include <gtest/gtest.h>

#include <random>

#include "supervisor/pod/termination.h"

namespace podrun::pod {
namespace {

using Action = TerminationAction;
using Facts = Termination::Facts;
constexpr Moment kStart{std::chrono::hours(3)};

Facts facts(bool pre_stop_over, bool turn = true, bool exited = false) {
  return {pre_stop_over, turn, exited};
}

TEST(TerminationGrace, StopSignalAtOnceKillAtItsEnd) {
  Termination end(Seconds(30), false, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kSendStopSignal);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(30));
  EXPECT_EQ(end.advance(kStart + Seconds(29), {}), std::nullopt);
  EXPECT_FALSE(end.killed());
  EXPECT_EQ(end.advance(kStart + Seconds(30), {}), Action::kKill);
  EXPECT_TRUE(end.killed());
  EXPECT_EQ(end.next_deadline(), std::nullopt);
  EXPECT_EQ(end.advance(kStart + Seconds(99), {}), std::nullopt) << "killed once";
  EXPECT_EQ(end.advance(kStart + Seconds(99), facts(false, true, true)), std::nullopt);
  EXPECT_TRUE(end.over());
}

TEST(TerminationGrace, IsOverWhenTheFirstProcessEnds) {
  Termination end(Seconds(30), false, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kSendStopSignal);
  EXPECT_EQ(end.advance(kStart + Seconds(1), facts(false, true, true)), std::nullopt);
  EXPECT_TRUE(end.over());
  EXPECT_FALSE(end.killed());
  EXPECT_EQ(end.next_deadline(), std::nullopt);
}

TEST(TerminationGrace, ZeroKillsAtOnceAndRunsNoPreStop) {
  Termination end(Seconds(0), true, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kKill);
}

TEST(TerminationGrace, OfOneSecondStillLeavesKubeletsTwo) {
  Termination end(Seconds(1), false, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kSendStopSignal);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(2));
}

TEST(TerminationPreStop, ItsTimeCountsAgainstTheGrace) {
  Termination end(Seconds(30), true, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kRunPreStop);
  EXPECT_EQ(end.advance(kStart + Seconds(19), {}), std::nullopt);
  EXPECT_EQ(end.advance(kStart + Seconds(20), facts(true)), Action::kSendStopSignal);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(30));
  EXPECT_EQ(end.advance(kStart + Seconds(30), facts(true)), Action::kKill);
}

TEST(TerminationPreStop, LeavesAtLeastTwoSecondsAfterIt) {
  Termination end(Seconds(30), true, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kRunPreStop);
  EXPECT_EQ(end.advance(kStart + Seconds(29), facts(true)), Action::kSendStopSignal);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(31));
}

TEST(TerminationPreStop, ThatOutlastsTheGraceIsNotWaitedFor) {
  Termination end(Seconds(30), true, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kRunPreStop);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(30));
  EXPECT_EQ(end.advance(kStart + Seconds(30), {}), Action::kSendStopSignal);
  EXPECT_EQ(end.advance(kStart + Seconds(31), {}), std::nullopt);
  EXPECT_EQ(end.advance(kStart + Seconds(32), {}), Action::kKill);
}

TEST(TerminationSecondRequest, AShorterGraceShortens) {
  Termination end(Seconds(30), false, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kSendStopSignal);
  end.shorten(Seconds(5), kStart + Seconds(10));
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(15));
  end.shorten(Seconds(20), kStart + Seconds(11));
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(15)) << "a longer one changes nothing";
  end.shorten(Seconds(1), kStart + Seconds(12));
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(14));
  EXPECT_EQ(end.advance(kStart + Seconds(14), {}), Action::kKill);
}

TEST(TerminationSecondRequest, WithGraceZeroKillsAtOnceWhateverIsGoingOn) {
  for (const bool pre_stop : {false, true}) {
    Termination end(Seconds(30), pre_stop, kStart);
    EXPECT_TRUE(end.advance(kStart, {}));
    end.shorten(Seconds(0), kStart + Seconds(3));
    EXPECT_EQ(end.next_deadline(), kStart + Seconds(3));
    EXPECT_EQ(end.advance(kStart + Seconds(3), {}), Action::kKill);
    end.shorten(Seconds(0), kStart + Seconds(4));
    EXPECT_EQ(end.advance(kStart + Seconds(4), {}), std::nullopt);
  }
}

TEST(TerminationSecondRequest, ShortensAPreStopToo) {
  Termination end(Seconds(30), true, kStart);
  EXPECT_EQ(end.advance(kStart, {}), Action::kRunPreStop);
  end.shorten(Seconds(4), kStart + Seconds(1));
  EXPECT_EQ(end.advance(kStart + Seconds(4), {}), std::nullopt);
  EXPECT_EQ(end.advance(kStart + Seconds(5), {}), Action::kSendStopSignal);
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(7));
}

// ---- a whole pod

constexpr TerminatingContainer kSidecar{ContainerRole::kSidecar, true, false};
constexpr TerminatingContainer kRegular{ContainerRole::kRegular, true, false};
using Actions = std::vector<PodTermination::Action>;
using PodFactsList = std::vector<PodTermination::Facts>;

TEST(TerminationOfAPod, AllAtOnceExceptSidecarsWhichFollowInReverseOrder) {
  PodTermination end({kSidecar, kSidecar, kRegular, kRegular}, Seconds(30), kStart);
  PodFactsList seen(4);
  EXPECT_EQ(end.advance(kStart, seen),
            (Actions{{2, Action::kSendStopSignal}, {3, Action::kSendStopSignal}}));
  seen[2].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(1), seen), Actions{});
  seen[3].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(2), seen), (Actions{{1, Action::kSendStopSignal}}));
  EXPECT_EQ(end.advance(kStart + Seconds(3), seen), Actions{});
  seen[1].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(4), seen), (Actions{{0, Action::kSendStopSignal}}));
  EXPECT_FALSE(end.over());
  seen[0].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(5), seen), Actions{});
  EXPECT_TRUE(end.over());
  EXPECT_EQ(end.next_deadline(), std::nullopt);
}

TEST(TerminationOfAPod, SidecarsShareTheGraceAndKeepTwoSeconds) {
  PodTermination end({kSidecar, kRegular}, Seconds(30), kStart);
  PodFactsList seen(2);
  EXPECT_EQ(end.advance(kStart, seen), (Actions{{1, Action::kSendStopSignal}}));
  EXPECT_EQ(end.next_deadline(), kStart + Seconds(30));
  EXPECT_EQ(end.advance(kStart + Seconds(30), seen),
            (Actions{{0, Action::kSendStopSignal}, {1, Action::kKill}}));
  seen[1].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(31), seen), Actions{});
  EXPECT_EQ(end.advance(kStart + Seconds(32), seen), (Actions{{0, Action::kKill}}));
}

TEST(TerminationOfAPod, WhatDoesNotRunIsOverFromTheBeginning) {
  TerminatingContainer waiting = kRegular;
  waiting.running = false;
  PodTermination end({kSidecar, waiting}, Seconds(30), kStart);
  EXPECT_EQ(end.advance(kStart, PodFactsList(2)), (Actions{{0, Action::kSendStopSignal}}));
  EXPECT_TRUE(end.of(1).over());
  EXPECT_TRUE(PodTermination({waiting}, Seconds(30), kStart).over());
}

TEST(TerminationOfAPod, ARunningInitContainerIsNotWaitedFor) {
  TerminatingContainer init = kRegular;
  init.role = ContainerRole::kInit;
  PodTermination end({kSidecar, init}, Seconds(30), kStart);
  EXPECT_EQ(end.advance(kStart, PodFactsList(2)).size(), 2u);
}

TEST(TerminationOfAPod, GraceZeroKillsEverythingAtOnce) {
  PodTermination end({kSidecar, kRegular}, Seconds(30), kStart);
  end.advance(kStart, PodFactsList(2));
  end.shorten(Seconds(0), kStart + Seconds(1));
  EXPECT_EQ(end.advance(kStart + Seconds(1), PodFactsList(2)),
            (Actions{{0, Action::kKill}, {1, Action::kKill}}));
}

/// A pod of random containers whose hooks and processes take random times to end.
class RandomPod {
 public:
  explicit RandomPod(std::mt19937& random) : random_(random) {
    for (int i = below(4); i > 0; --i) {
      add(below(2) == 0 ? ContainerRole::kSidecar : ContainerRole::kInit);
    }
    for (int i = 1 + below(3); i > 0; --i) add(ContainerRole::kRegular);
    grace_ = 1 + below(40);
  }

  void run() {
    PodTermination end(containers_, Seconds(grace_), kStart);
    int grace_end = grace_;
    int second = 0;
    for (; second < 100 && !end.over(); ++second) {
      if (below(60) == 0) {
        const int shorter = below(10);
        end.shorten(Seconds(shorter), kStart + Seconds(second));
        grace_end = std::min(grace_end, second + shorter);
      }
      for (const auto& action : end.advance(kStart + Seconds(second), known(second))) {
        act(action, end, second, second < grace_end);
      }
    }
    EXPECT_TRUE(end.over());
    // The last window may begin where the grace ends; a killed one is seen to be gone a second on.
    EXPECT_LE(second, grace_end + 2 + 2);
    for (std::size_t i = 0; i < containers_.size(); ++i) {
      EXPECT_LE(std::max({seen_[i].pre_stops, seen_[i].signals, seen_[i].kills}), 1);
      EXPECT_EQ(seen_[i].signals + seen_[i].kills > 0, containers_[i].running);
    }
  }

 private:
  struct Seen {
    int pre_stops = 0, signals = 0, kills = 0;
    int pre_stop_ends = 1000, exits = 1000;
  };

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  void add(ContainerRole role) {
    containers_.push_back({role, below(5) > 0, below(2) == 0});
    seen_.emplace_back();
  }
  PodFactsList known(int second) const {
    PodFactsList facts;
    for (const Seen& one : seen_) {
      facts.push_back({one.pre_stop_ends <= second, one.exits <= second});
    }
    return facts;
  }
  void act(const PodTermination::Action& action, const PodTermination& end, int second,
           bool in_grace) {
    Seen& one = seen_[action.container];
    EXPECT_TRUE(containers_[action.container].running);
    switch (action.what) {
      case Action::kRunPreStop:
        ++one.pre_stops;
        EXPECT_TRUE(containers_[action.container].has_pre_stop && one.signals + one.kills == 0);
        one.pre_stop_ends = second + 1 + below(50);
        return;
      case Action::kSendStopSignal:
        ++one.signals;
        EXPECT_EQ(one.kills, 0);
        one.exits = second + 1 + below(50);
        if (in_grace) expect_turn(action.container, end);
        return;
      case Action::kKill:
        ++one.kills;
        one.exits = second + 1;
    }
  }
  void expect_turn(std::size_t container, const PodTermination& end) const {
    if (containers_[container].role != ContainerRole::kSidecar) return;
    for (std::size_t i = container + 1; i < containers_.size(); ++i) {
      EXPECT_TRUE(end.of(i).over() || containers_[i].role == ContainerRole::kInit);
    }
  }

  std::mt19937& random_;
  std::vector<TerminatingContainer> containers_;
  std::vector<Seen> seen_;
  int grace_;
};

TEST(TerminationModel, RandomPodsEndInTimeAndInOrder) {
  std::mt19937 random(11);
  for (int run = 0; run < 2000 && !testing::Test::HasFailure(); ++run) RandomPod(random).run();
}

}  // namespace
}  // namespace podrun::pod
