// DaemonSets whose template changes: in place, surging, and past nodes that get no pod.
#include <gtest/gtest.h>

#include "controllers_daemon_world.h"

namespace podrun::controllers {
namespace {

using test::DaemonSets;
using test::make_set;

const Json kSurging = make_set(
    {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxUnavailable", 0}, {"maxSurge", 1}}}});

class DaemonRollouts : public DaemonSets {};

TEST_F(DaemonRollouts, RollsOneNodeAfterTheOther) {
  for (const char* name : {"n1", "n2", "n3"}) add_node(name);
  create();
  run_pods();
  set_image("new");
  for (int step = 0; step < 3; ++step) {
    EXPECT_EQ(pods().size(), 2U) << step;
    EXPECT_EQ(status("updatedNumberScheduled"), step);
    end_deleted();
    EXPECT_EQ(pods().size(), 3U) << step;
    run_pods();
  }
  EXPECT_EQ(with_image("new"), 3U);
  EXPECT_EQ(status("updatedNumberScheduled"), 3);
  EXPECT_EQ(revisions(), 2U);
}

TEST_F(DaemonRollouts, MaxUnavailableMayBeAShare) {
  for (const char* name : {"n1", "n2", "n3", "n4"}) add_node(name);
  create(make_set({{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxUnavailable", "50%"}}}}));
  run_pods();
  set_image("new");
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DaemonRollouts, UnavailableOldPodsGoAtOnce) {
  for (const char* name : {"n1", "n2", "n3"}) add_node(name);
  create();
  run_pods(false);
  set_image("new");
  end_deleted();
  EXPECT_EQ(with_image("new"), 3U);
}

TEST_F(DaemonRollouts, PodsServeOnceTheyWereReadyForLongEnough) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  Json set = make_set();
  set["spec"]["minReadySeconds"] = 10;
  create(set);
  run_pods();
  const auto advance = [&](int seconds) {
    world.clock.advance(Seconds(seconds));
    world.settle();
  };
  advance(9);
  EXPECT_EQ(status("numberReady"), 2);
  EXPECT_EQ(status("numberAvailable"), 0);
  EXPECT_EQ(status("numberUnavailable"), 2);
  advance(1);
  EXPECT_EQ(status("numberAvailable"), 2);
  EXPECT_EQ(status("numberUnavailable"), 0);
  set_image("new");
  end_deleted();
  run_pods();
  advance(9);
  EXPECT_EQ(with_image("new"), 1U);  // it does not serve yet: the other one has to
  EXPECT_EQ(pods().size(), 2U);
  advance(1);
  end_deleted();
  EXPECT_EQ(with_image("new"), 2U);
}

TEST_F(DaemonRollouts, SurgesBesideTheOldPod) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create(kSurging);
  run_pods();
  set_image("new");
  EXPECT_EQ(pods().size(), 3U);
  EXPECT_EQ(with_image("new"), 1U);
  run_pods();  // the new one serves: the old one goes, and the other node has its turn
  end_deleted();
  run_pods();
  end_deleted();
  EXPECT_EQ(with_image("new"), 2U);
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DaemonRollouts, SurgesPastANodeThatGetsNone) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create(kSurging);
  run_pods();
  taint("n1", "NoSchedule");
  set_image("new");
  EXPECT_EQ(where(), "n2 n2");
  run_pods();
  end_deleted();
  EXPECT_EQ(where(), "n2");
  EXPECT_EQ(with_image("new"), 1U);
}

TEST_F(DaemonRollouts, ASurgeIsNotHeldUpByAPodThatCameBeforeTheTaint) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create(kSurging);
  run_pods();
  set_image("new");
  EXPECT_EQ(where(), "n1 n1 n2");
  taint("n1", "NoSchedule");
  for (int step = 0; step < 2; ++step) {
    run_pods();
    end_deleted();
  }
  EXPECT_EQ(where(), "n1 n2");
  EXPECT_EQ(with_image("new"), 2U);
}

TEST_F(DaemonRollouts, ARolloutIsNotHeldUpByAPodThatCameBeforeTheTaint) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create();
  run_pods();
  set_image("new");
  end_deleted();
  EXPECT_EQ(with_image("new"), 1U);
  taint(target_node(*only_waiting().json), "NoSchedule");
  end_deleted();
  EXPECT_EQ(with_image("new"), 2U);
}

TEST_F(DaemonRollouts, AnOldPodStaysWhereNoNewOneGoesUntilTheRestServes) {
  for (const char* name : {"n1", "n2", "n3"}) add_node(name);
  create(kSurging);
  run_pods();
  set_ready("n2", false);
  taint("n1", "NoSchedule");
  set_image("new");
  EXPECT_EQ(where(), "n1 n2 n3 n3");  // n2 has a new one at once: its old one does not serve
  for (int step = 0; step < 2; ++step) {
    run_pods();
    end_deleted();
  }
  EXPECT_EQ(where(), "n2 n3");
  EXPECT_EQ(with_image("new"), 2U);
}

TEST_F(DaemonRollouts, AnOldPodThatDoesNotServeGoesWhereNoNewOneGoes) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create(kSurging);
  run_pods(false);
  taint("n1", "NoSchedule");
  set_image("new");
  EXPECT_EQ(where(), "n2");
  EXPECT_EQ(with_image("new"), 1U);
}

TEST_F(DaemonRollouts, OnDeleteLeavesThePodsToTheUser) {
  add_node("n1");
  create(make_set({{"type", "OnDelete"}}));
  run_pods();
  set_image("new");
  EXPECT_EQ(with_image("new"), 0U);
  EXPECT_EQ(status("updatedNumberScheduled"), 0);
  world.api.remove(only_pod().key, {});
  end_deleted();
  EXPECT_EQ(with_image("new"), 1U);
}

}  // namespace
}  // namespace podrun::controllers
