// semantics.md, Probes: defaults, first probe, startup probe, threshold, readiness, one attempt,
// deletion.
#include <gtest/gtest.h>

#include <random>

#include "supervisor/pod/probe_state.h"

namespace podrun::pod {
namespace {

using std::chrono::milliseconds;
constexpr Moment kStart{std::chrono::hours(5)};

manifest::Probe probe_with(int delay, int period, int successes, int failures) {
  manifest::Probe probe;
  probe.initial_delay = Seconds(delay);
  probe.period = Seconds(period);
  probe.success_threshold = successes;
  probe.failure_threshold = failures;
  return probe;
}

/// One attempt that takes no time.
ProbeVerdict attempt(ProbeState& state, ProbeResult result, Moment now) {
  state.attempt_begun(now);
  return state.attempt_ended(result, now);
}

constexpr auto kSuccess = ProbeResult::kSuccess;
constexpr auto kFailure = ProbeResult::kFailure;
constexpr auto kError = ProbeResult::kError;

TEST(ProbeDefaults, AreKubernetes) {
  const manifest::Probe probe;
  EXPECT_EQ(probe.initial_delay, Seconds(0));
  EXPECT_EQ(probe.timeout, Seconds(1));
  EXPECT_EQ(probe.period, Seconds(10));
  EXPECT_EQ(probe.success_threshold, 1);
  EXPECT_EQ(probe.failure_threshold, 3);
}

TEST(ProbeFirst, IsDueAsSoonAsTheContainerRuns) {
  const ProbeState state(ProbeKind::kLiveness, probe_with(0, 10, 1, 3), kStart);
  EXPECT_EQ(state.next_attempt(), kStart);
}

TEST(ProbeFirst, WaitsForInitialDelay) {
  const ProbeState state(ProbeKind::kLiveness, probe_with(15, 10, 1, 3), kStart);
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(15));
}

TEST(ProbeFirst, ThenOneEveryPeriodWithoutDrift) {
  ProbeState state(ProbeKind::kLiveness, probe_with(5, 10, 1, 3), kStart);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(state.next_attempt(), kStart + Seconds(5 + 10 * i));
    const Moment late = *state.next_attempt() + milliseconds(3);
    state.attempt_begun(late);
    state.attempt_ended(kSuccess, late + milliseconds(2));
  }
}

TEST(ProbeFirst, NeverTwoAtOnce) {
  ProbeState state(ProbeKind::kLiveness, probe_with(0, 1, 1, 3), kStart);
  state.attempt_begun(kStart);
  EXPECT_EQ(state.next_attempt(), std::nullopt);
  state.attempt_ended(kSuccess, kStart + milliseconds(10));
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(1));
}

TEST(ProbeFirst, AnAttemptThatOutlastsItsPeriodIsFollowedAtOnceByOneMore) {
  ProbeState state(ProbeKind::kLiveness, probe_with(0, 10, 1, 3), kStart);
  state.attempt_begun(kStart);
  const Moment ended = kStart + Seconds(34);  // the ticks at 10, 20 and 30 have passed
  state.attempt_ended(kSuccess, ended);
  ASSERT_TRUE(state.next_attempt());
  EXPECT_LE(*state.next_attempt(), ended);
  state.attempt_begun(ended);
  state.attempt_ended(kSuccess, ended);
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(40));
}

TEST(ProbeStartup, LivenessAndReadinessWaitUntilItHasSucceeded) {
  for (const ProbeKind kind : {ProbeKind::kLiveness, ProbeKind::kReadiness}) {
    ProbeState state(kind, probe_with(0, 10, 1, 3), kStart);
    state.set_started(false, kStart);
    EXPECT_EQ(state.next_attempt(), std::nullopt);
    const Moment passed = kStart + Seconds(23);
    state.set_started(true, passed);
    EXPECT_EQ(state.next_attempt(), passed);
    attempt(state, kSuccess, passed);
    EXPECT_EQ(state.next_attempt(), passed + Seconds(10));
    state.set_started(true, passed + Seconds(1));  // said again: changes nothing
    EXPECT_EQ(state.next_attempt(), passed + Seconds(10));
  }
}

TEST(ProbeStartup, InitialDelayStillCountsFromTheContainersStart) {
  ProbeState state(ProbeKind::kLiveness, probe_with(60, 10, 1, 3), kStart);
  state.set_started(false, kStart);
  state.set_started(true, kStart + Seconds(23));
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(60));
}

TEST(ProbeStartup, StopsOnceItHasSucceeded) {
  ProbeState state(ProbeKind::kStartup, probe_with(0, 10, 1, 30), kStart);
  EXPECT_FALSE(state.current());
  state.set_started(false, kStart);  // it does not wait for itself
  EXPECT_EQ(attempt(state, kFailure, *state.next_attempt()), ProbeVerdict::kNothing);
  EXPECT_EQ(attempt(state, kSuccess, *state.next_attempt()), ProbeVerdict::kPassed);
  EXPECT_TRUE(state.current());
  EXPECT_EQ(state.next_attempt(), std::nullopt);
}

TEST(ProbeStartup, ItsFailureKillsTheContainer) {
  ProbeState state(ProbeKind::kStartup, probe_with(0, 10, 1, 2), kStart);
  EXPECT_EQ(attempt(state, kFailure, kStart), ProbeVerdict::kNothing);
  EXPECT_EQ(attempt(state, kFailure, kStart + Seconds(10)), ProbeVerdict::kFailed);
  EXPECT_EQ(state.next_attempt(), std::nullopt);
}

TEST(ProbeThreshold, CountsConsecutiveResultsOnly) {
  ProbeState state(ProbeKind::kLiveness, probe_with(0, 1, 1, 3), kStart);
  for (const ProbeResult result : {kFailure, kFailure, kSuccess, kFailure, kFailure}) {
    EXPECT_EQ(attempt(state, result, *state.next_attempt()), ProbeVerdict::kNothing);
    EXPECT_TRUE(state.current());
  }
  EXPECT_EQ(attempt(state, kFailure, *state.next_attempt()), ProbeVerdict::kFailed);
  EXPECT_FALSE(state.current());
}

TEST(ProbeThreshold, LivenessThatFailedIsOnHoldUntilTheNextInstance) {
  const auto probe = probe_with(0, 10, 1, 1);
  ProbeState state(ProbeKind::kLiveness, probe, kStart);
  EXPECT_EQ(attempt(state, kFailure, kStart), ProbeVerdict::kFailed);
  EXPECT_EQ(state.next_attempt(), std::nullopt);
  state.set_started(true, kStart + Seconds(1));
  EXPECT_EQ(state.next_attempt(), std::nullopt);
  state = ProbeState(ProbeKind::kLiveness, probe, kStart + Seconds(30));
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(30));
  EXPECT_TRUE(state.current());
}

TEST(ProbeReadiness, BeginsAsNotReadyAndSaysSoOnlyWhenItChanges) {
  ProbeState state(ProbeKind::kReadiness, probe_with(0, 1, 2, 2), kStart);
  EXPECT_FALSE(state.current());
  const std::pair<ProbeResult, ProbeVerdict> rows[] = {
      {kFailure, ProbeVerdict::kNothing}, {kFailure, ProbeVerdict::kNothing},  // not ready before
      {kSuccess, ProbeVerdict::kNothing}, {kSuccess, ProbeVerdict::kPassed},
      {kSuccess, ProbeVerdict::kNothing}, {kFailure, ProbeVerdict::kNothing},
      {kSuccess, ProbeVerdict::kNothing}, {kFailure, ProbeVerdict::kNothing},
      {kFailure, ProbeVerdict::kFailed},  {kFailure, ProbeVerdict::kNothing}};
  for (const auto& [result, verdict] : rows) {
    EXPECT_EQ(attempt(state, result, *state.next_attempt()), verdict);
  }
  EXPECT_TRUE(state.next_attempt()) << "readiness never stops by itself";
}

TEST(ProbeOneAttempt, AnErrorIsTriedThreeTimesAndCountsAsNeither) {
  ProbeState state(ProbeKind::kLiveness, probe_with(0, 10, 1, 2), kStart);
  EXPECT_EQ(attempt(state, kFailure, kStart), ProbeVerdict::kNothing);
  Moment now = kStart + Seconds(10);
  for (int i = 1; i <= ProbeState::kTries; ++i) {
    ASSERT_TRUE(state.next_attempt());
    EXPECT_LE(*state.next_attempt(), now) << "tried again at once";
    state.attempt_begun(now);
    now += milliseconds(5);
    EXPECT_EQ(state.attempt_ended(kError, now), ProbeVerdict::kNothing);
    EXPECT_EQ(state.retrying(), i < ProbeState::kTries);
  }
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(20)) << "then it waits for its period";
  EXPECT_EQ(attempt(state, kFailure, kStart + Seconds(20)), ProbeVerdict::kFailed)
      << "the run of failures went on";
}

TEST(ProbeOneAttempt, ASecondTryThatAnswersCounts) {
  ProbeState state(ProbeKind::kReadiness, probe_with(0, 10, 1, 3), kStart);
  EXPECT_EQ(attempt(state, kError, kStart), ProbeVerdict::kNothing);
  EXPECT_EQ(attempt(state, kSuccess, kStart), ProbeVerdict::kPassed);
  EXPECT_EQ(state.next_attempt(), kStart + Seconds(10));
}

TEST(ProbeDeletion, StopEndsTheAttemptsAndSwallowsALateResult) {
  ProbeState state(ProbeKind::kLiveness, probe_with(0, 10, 1, 1), kStart);
  state.attempt_begun(kStart);
  state.stop();
  EXPECT_EQ(state.attempt_ended(kFailure, kStart + Seconds(1)), ProbeVerdict::kNothing);
  EXPECT_TRUE(state.current());
  EXPECT_EQ(state.next_attempt(), std::nullopt);
}

/// The obvious way: remember every result that counted, look back over the last `threshold`.
class ProbeReference {
 public:
  ProbeReference(ProbeKind kind, const manifest::Probe& probe)
      : kind_(kind), probe_(probe), value_(kind == ProbeKind::kLiveness) {}

  ProbeVerdict result(bool success) {
    history_.push_back(success);
    const int wanted = success ? probe_.success_threshold : probe_.failure_threshold;
    if (static_cast<int>(history_.size()) < wanted) return ProbeVerdict::kNothing;
    for (int i = 0; i < wanted; ++i) {
      if (history_[history_.size() - 1 - i] != success) return ProbeVerdict::kNothing;
    }
    if (kind_ != ProbeKind::kReadiness && !success) over_ = true;
    if (kind_ == ProbeKind::kStartup && success) over_ = true;
    const bool changed = value_ != success || (kind_ == ProbeKind::kStartup && !success);
    value_ = success;
    if (!changed) return ProbeVerdict::kNothing;
    return success ? ProbeVerdict::kPassed : ProbeVerdict::kFailed;
  }
  bool over() const { return over_; }
  bool value() const { return value_; }

 private:
  ProbeKind kind_;
  manifest::Probe probe_;
  std::vector<bool> history_;
  bool value_, over_ = false;
};

/// A ticker with room for one tick, second by second.
class TickerReference {
 public:
  TickerReference(Moment first, Seconds period) : next_tick_(first), period_(period) {}
  void pass_until(Moment now) {
    for (; next_tick_ <= now; next_tick_ += period_) tick_ = true;
  }
  bool take() { return std::exchange(tick_, false); }

 private:
  Moment next_tick_;
  Seconds period_;
  bool tick_ = false;
};

TEST(ProbeModel, AgreesWithAnObviousReferenceOverRandomRuns) {
  std::mt19937 random(20261123);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  long steps = 0;
  for (int run = 0; run < 600; ++run) {
    const ProbeKind kind = static_cast<ProbeKind>(below(3));
    const auto probe = probe_with(below(20), 1 + below(12),
                                  kind == ProbeKind::kReadiness ? 1 + below(4) : 1, 1 + below(5));
    ProbeState state(kind, probe, kStart);
    ProbeReference counts(kind, probe);
    TickerReference ticks(kStart + probe.initial_delay, probe.period);
    const int bias = 1 + below(9);
    for (Moment now = kStart; now < kStart + Seconds(400) && !counts.over(); now += Seconds(1)) {
      ++steps;
      ticks.pass_until(now);
      const bool due = state.next_attempt() && *state.next_attempt() <= now;
      ASSERT_EQ(due, ticks.take()) << "run " << run << " at " << (now - kStart) / Seconds(1);
      if (!due) continue;
      const int errors = below(6) == 0 ? 1 + below(3) : 0;
      const Seconds lasts(below(4) == 0 ? below(30) : 0);
      state.attempt_begun(now);
      for (int i = 0; i < errors; ++i) {
        ASSERT_EQ(state.attempt_ended(kError, now), ProbeVerdict::kNothing);
        if (i + 1 < ProbeState::kTries) {
          ASSERT_LE(*state.next_attempt(), now);
          state.attempt_begun(now);
        }
      }
      if (errors == ProbeState::kTries) continue;
      const bool success = below(10) < bias;
      ASSERT_EQ(state.next_attempt(), std::nullopt);
      now += lasts;
      ASSERT_EQ(state.attempt_ended(success ? kSuccess : kFailure, now), counts.result(success));
      ASSERT_EQ(state.current(), counts.value());
    }
    if (counts.over()) {
      ASSERT_EQ(state.next_attempt(), std::nullopt);
    }
  }
  EXPECT_GT(steps, 20000);
}

}  // namespace
}  // namespace podrun::pod
