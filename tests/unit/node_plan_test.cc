// What the node does next about one pod.
#include <gtest/gtest.h>

#include "supervisor/node/plan.h"

namespace podrun::node {
namespace {

using Place = ApiView::Place;
using State = SupervisorView::State;
constexpr Moment kNow{std::chrono::hours(1)};

ApiView here() {
  ApiView pod;
  pod.place = Place::kHere;
  return pod;
}
ApiView deleting(Seconds grace = Seconds(30)) {
  ApiView pod = here();
  pod.deleting = true;
  pod.grace = grace;
  return pod;
}
SupervisorView seen(State state) {
  SupervisorView supervisor;
  supervisor.state = state;
  return supervisor;
}
SupervisorView ordered(Moment ends_by) {
  SupervisorView supervisor = seen(State::kRunning);
  supervisor.ends_by = ends_by;
  return supervisor;
}
Step next(const ApiView& pod, const SupervisorView& supervisor) {
  return decide(pod, supervisor, kNow).step;
}

TEST(NodePlan, StartsWhatIsBoundHere) {
  EXPECT_EQ(next(here(), seen(State::kNone)), Step::kStart);
  EXPECT_EQ(next(here(), seen(State::kRunning)), Step::kNothing);
}

TEST(NodePlan, OtherNodesPodsAreTheirs) {
  ApiView pod;
  pod.place = Place::kElsewhere;
  EXPECT_EQ(next(pod, seen(State::kNone)), Step::kNothing);
  EXPECT_EQ(next(pod, seen(State::kRunning)), Step::kKill);
}

TEST(NodePlan, WhatRunsWaitsForALostBindingToComeAgain) {
  ApiView pod;
  pod.place = Place::kUnbound;
  SupervisorView running = seen(State::kRunning), over = seen(State::kOver);
  running.since = over.since = kNow - Seconds(1);
  const Moment end = running.since + kBindingPatience;
  EXPECT_EQ(decide(pod, running, kNow), (Decision{Step::kWait, Seconds(0), end}));
  EXPECT_EQ(decide(pod, over, kNow), (Decision{Step::kWait, Seconds(0), end}));
  EXPECT_EQ(decide(pod, running, end).step, Step::kKill);
  EXPECT_EQ(decide(pod, over, end).step, Step::kCleanUp);
  EXPECT_EQ(next(pod, seen(State::kNone)), Step::kNothing);
  pod.deleting = true;
  EXPECT_EQ(next(pod, running), Step::kKill);
}

TEST(NodePlan, EndedPodsStayUntilTheyAreDeleted) {
  ApiView pod = here();
  SupervisorView over = seen(State::kOver);
  over.ended = true;
  EXPECT_EQ(next(pod, over), Step::kNothing);
  pod.ended = true;
  EXPECT_EQ(next(pod, seen(State::kOver)), Step::kNothing);
  EXPECT_EQ(next(pod, seen(State::kNone)), Step::kNothing);
  pod.deleting = true;
  EXPECT_EQ(next(pod, over), Step::kFinishDeletion);
}

TEST(NodePlan, DeadSupervisorsPodIsRecreatedWhenItsBackoffIsOver) {
  SupervisorView over = seen(State::kOver);
  EXPECT_EQ(next(here(), over), Step::kRecreate);
  over.not_before = kNow + Seconds(10);
  EXPECT_EQ(decide(here(), over, kNow), (Decision{Step::kWait, Seconds(0), kNow + Seconds(10)}));
  EXPECT_EQ(decide(here(), over, kNow + Seconds(10)).step, Step::kRecreate);
}

TEST(NodePlan, AfterARebootTheApiRemembersThatThePodHadRun) {
  ApiView pod = here();
  pod.has_run = true;
  EXPECT_EQ(next(pod, seen(State::kNone)), Step::kRecreate);
}

TEST(NodePlan, UnclearFoldersAreLookedAtAgain) {
  for (const ApiView& pod : {here(), deleting(), ApiView{}}) {
    EXPECT_EQ(decide(pod, seen(State::kUnclear), kNow),
              (Decision{Step::kWait, Seconds(0), kNow + kUnclearRetry}));
  }
}

TEST(NodePlan, DeletionTerminatesOnceAndAShorterGraceAgain) {
  EXPECT_EQ(decide(deleting(), seen(State::kRunning), kNow),
            (Decision{Step::kTerminate, Seconds(30), {}}));
  const SupervisorView told = ordered(kNow + Seconds(30));
  EXPECT_EQ(decide(deleting(), told, kNow),
            (Decision{Step::kWait, Seconds(0), kNow + Seconds(60)}));
  EXPECT_EQ(next(deleting(Seconds(31)), told), Step::kWait);
  EXPECT_EQ(decide(deleting(Seconds(1)), told, kNow), (Decision{Step::kTerminate, Seconds(1), {}}));
}

TEST(NodePlan, LateSupervisorIsKilled) {
  EXPECT_EQ(next(deleting(), ordered(kNow - kSupervisorPatience + Seconds(1))), Step::kWait);
  EXPECT_EQ(next(deleting(), ordered(kNow - kSupervisorPatience)), Step::kKillSupervisor);
  SupervisorView killed = ordered(kNow - kSupervisorPatience);
  killed.killed = true;
  EXPECT_EQ(next(ApiView{}, killed), Step::kKillSupervisor);
}

TEST(NodePlan, DeletionIsConfirmedWhenNothingIsLeft) {
  EXPECT_EQ(next(deleting(), seen(State::kOver)), Step::kFinishDeletion);
  EXPECT_EQ(next(deleting(), seen(State::kNone)), Step::kFinishDeletion);
  ApiView unassigned = deleting();
  unassigned.place = Place::kUnbound;
  EXPECT_EQ(next(unassigned, seen(State::kNone)), Step::kNothing);
}

TEST(NodePlan, ConfirmedDeletionWaitsForFinalizersInSilence) {
  ApiView pod = deleting(Seconds(0));
  pod.confirmed = true;
  EXPECT_EQ(next(pod, seen(State::kNone)), Step::kNothing);
  EXPECT_EQ(next(pod, seen(State::kOver)), Step::kCleanUp);
  EXPECT_EQ(next(pod, seen(State::kRunning)), Step::kTerminate);
}

TEST(NodePlan, WhatTheApiHasNoMoreIsKilledAndCleanedUp) {
  EXPECT_EQ(next(ApiView{}, seen(State::kRunning)), Step::kKill);
  SupervisorView killed = ordered(kNow);
  killed.killed = true;
  EXPECT_EQ(decide(ApiView{}, killed, kNow),
            (Decision{Step::kWait, Seconds(0), kNow + kSupervisorPatience}));
  EXPECT_EQ(next(ApiView{}, seen(State::kOver)), Step::kCleanUp);
  EXPECT_EQ(next(ApiView{}, seen(State::kNone)), Step::kNothing);
}

}  // namespace
}  // namespace podrun::node
