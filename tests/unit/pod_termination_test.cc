// semantics.md, Termination; and Probes, "grace" (whose grace it is, the caller says).
#include <gtest/gtest.h>

#include <algorithm>
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

struct EndingContainer {
  ContainerRole role = ContainerRole::kRegular;
  bool running = false;
  bool has_pre_stop = false;
};

/// A Termination per container and the turns between them, as the pod supervisor keeps them.
class EndingPod {
 public:
  struct Facts {  // of one container
    bool pre_stop_over = false;
    bool exited = false;
  };
  struct Action {
    std::size_t container;
    TerminationAction what;
    bool operator==(const Action&) const = default;
  };

  EndingPod(const std::vector<EndingContainer>& containers, Seconds grace, Moment now) {
    for (const EndingContainer& container : containers) {
      roles_.push_back(container.role);
      ends_.emplace_back(grace, container.has_pre_stop, now);
      if (!container.running) ends_.back().advance(now, facts(false, true, true));
    }
  }
  void shorten(Seconds grace, Moment now) {
    for (Termination& end : ends_) end.shorten(grace, now);
  }
  std::vector<Action> advance(Moment now, const std::vector<Facts>& seen) {
    // First who has ended, so that everybody sees the same turns.
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (seen.at(i).exited) ends_[i].advance(now, facts(false, true, true));
    }
    std::vector<TurnState> turns;
    for (std::size_t i = 0; i < ends_.size(); ++i) turns.push_back({roles_[i], ends_[i].over()});
    std::vector<Action> actions;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const auto what = ends_[i].advance(now, facts(seen[i].pre_stop_over, has_turn(turns, i)));
      if (what) actions.push_back({i, *what});
    }
    return actions;
  }
  bool over(std::size_t container) const { return ends_[container].over(); }
  bool over() const {
    return std::all_of(ends_.begin(), ends_.end(), [](const auto& end) { return end.over(); });
  }

 private:
  std::vector<ContainerRole> roles_;
  std::vector<Termination> ends_;
};

constexpr EndingContainer kSidecar{ContainerRole::kSidecar, true, false};
constexpr EndingContainer kRegular{ContainerRole::kRegular, true, false};
using Actions = std::vector<EndingPod::Action>;
using PodFactsList = std::vector<EndingPod::Facts>;

TEST(TerminationOfAPod, AllAtOnceExceptSidecarsWhichFollowInReverseOrder) {
  EndingPod end({kSidecar, kSidecar, kRegular, kRegular}, Seconds(30), kStart);
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
}

TEST(TerminationOfAPod, SidecarsShareTheGraceAndKeepTwoSeconds) {
  EndingPod end({kSidecar, kRegular}, Seconds(30), kStart);
  PodFactsList seen(2);
  EXPECT_EQ(end.advance(kStart, seen), (Actions{{1, Action::kSendStopSignal}}));
  EXPECT_EQ(end.advance(kStart + Seconds(30), seen),
            (Actions{{0, Action::kSendStopSignal}, {1, Action::kKill}}));
  seen[1].exited = true;
  EXPECT_EQ(end.advance(kStart + Seconds(31), seen), Actions{});
  EXPECT_EQ(end.advance(kStart + Seconds(32), seen), (Actions{{0, Action::kKill}}));
}

TEST(TerminationOfAPod, WhatDoesNotRunIsOverFromTheBeginning) {
  EndingContainer waiting = kRegular;
  waiting.running = false;
  EndingPod end({kSidecar, waiting}, Seconds(30), kStart);
  EXPECT_EQ(end.advance(kStart, PodFactsList(2)), (Actions{{0, Action::kSendStopSignal}}));
  EXPECT_TRUE(end.over(1));
  EXPECT_TRUE(EndingPod({waiting}, Seconds(30), kStart).over());
}

TEST(TerminationOfAPod, ARunningInitContainerIsNotWaitedFor) {
  EndingContainer init = kRegular;
  init.role = ContainerRole::kInit;
  EndingPod end({kSidecar, init}, Seconds(30), kStart);
  EXPECT_EQ(end.advance(kStart, PodFactsList(2)).size(), 2u);
}

TEST(TerminationOfAPod, GraceZeroKillsEverythingAtOnce) {
  EndingPod end({kSidecar, kRegular}, Seconds(30), kStart);
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
    EndingPod end(containers_, Seconds(grace_), kStart);
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
  void act(const EndingPod::Action& action, const EndingPod& end, int second, bool in_grace) {
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
  void expect_turn(std::size_t container, const EndingPod& end) const {
    if (containers_[container].role != ContainerRole::kSidecar) return;
    for (std::size_t i = container + 1; i < containers_.size(); ++i) {
      EXPECT_TRUE(end.over(i) || containers_[i].role == ContainerRole::kInit);
    }
  }

  std::mt19937& random_;
  std::vector<EndingContainer> containers_;
  std::vector<Seen> seen_;
  int grace_;
};

TEST(TerminationModel, RandomPodsEndInTimeAndInOrder) {
  std::mt19937 random(11);
  for (int run = 0; run < 2000 && !testing::Test::HasFailure(); ++run) RandomPod(random).run();
}

}  // namespace
}  // namespace podrun::pod
