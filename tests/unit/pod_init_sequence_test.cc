// semantics.md, Pod: "Init containers run one after another to completion".
#include <gtest/gtest.h>

#include "supervisor/pod/init_sequence.h"

namespace podrun::pod {
namespace {

using Kind = InitStep::Kind;
constexpr auto kInit = ContainerRole::kInit;
constexpr auto kSidecar = ContainerRole::kSidecar;

InitStep step(const std::vector<InitProgress>& containers, bool pod_has_run = false) {
  return next_init_step(containers, pod_has_run);
}

const InitProgress kFresh{kInit, false, false, {}};
const InitProgress kRunning{kInit, true, false, {}};
const InitProgress kCompleted{kInit, true, false, 0};
const InitProgress kBroken{kInit, true, false, 1};
const InitProgress kFreshSidecar{kSidecar, false, false, {}};
const InitProgress kStartingSidecar{kSidecar, true, false, {}};
const InitProgress kStartedSidecar{kSidecar, true, true, {}};

TEST(InitContainers, RunOneAfterAnotherToCompletion) {
  EXPECT_EQ(step({}), (InitStep{Kind::kDone, 0}));
  EXPECT_EQ(step({kFresh, kFresh}), (InitStep{Kind::kStart, 0}));
  EXPECT_EQ(step({kRunning, kFresh}), (InitStep{Kind::kWait, 0}));
  EXPECT_EQ(step({kCompleted, kFresh}), (InitStep{Kind::kStart, 1}));
  EXPECT_EQ(step({kCompleted, kRunning}), (InitStep{Kind::kWait, 1}));
  EXPECT_EQ(step({kCompleted, kCompleted}).kind, Kind::kDone);
}

TEST(InitContainers, OneThatFailedForGoodFailsThePod) {
  EXPECT_EQ(step({kBroken, kFresh}), (InitStep{Kind::kFailed, 0}));
}

TEST(InitContainers, ASidecarGoesOnAndTheNextStartsOnceItHasStarted) {
  EXPECT_EQ(step({kFreshSidecar, kFresh}), (InitStep{Kind::kStart, 0}));
  EXPECT_EQ(step({kStartingSidecar, kFresh}), (InitStep{Kind::kWait, 0}))
      << "its startup probe has not passed";
  EXPECT_EQ(step({kStartedSidecar, kFresh}), (InitStep{Kind::kStart, 1}));
  EXPECT_EQ(step({kStartedSidecar, kCompleted}).kind, Kind::kDone);
  EXPECT_EQ(step({kCompleted, kStartingSidecar}), (InitStep{Kind::kWait, 1}));
  EXPECT_EQ(step({kCompleted, kStartedSidecar}).kind, Kind::kDone);
}

TEST(InitContainers, ASidecarThatRestartsHoldsUpNothingItWasPassedFor) {
  EXPECT_EQ(step({kStartingSidecar, kRunning}), (InitStep{Kind::kWait, 1}));
  EXPECT_EQ(step({kStartingSidecar, kCompleted}).kind, Kind::kDone);
  EXPECT_EQ(step({kCompleted, kStartingSidecar}, true).kind, Kind::kDone) << "the pod has run";
}

}  // namespace
}  // namespace podrun::pod
