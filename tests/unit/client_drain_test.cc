// Which pods are sent away from a node.
#include <gtest/gtest.h>

#include "supervisor/client/drain.h"

namespace podrun::client {
namespace {

const WallTime kNow{Seconds(1'763'892'000)};

Json pod(const char* name, const char* controller) {
  Json made = {{"metadata", {{"name", name}, {"namespace", "default"}}},
               {"status", {{"phase", "Running"}}}};
  if (*controller != '\0') {
    made["metadata"]["ownerReferences"] =
        Json::array({{{"kind", controller}, {"controller", true}}});
  }
  return made;
}

TEST(Drain, SaysWhatTheRulesDoNotAllow) {
  const Json pods = Json::array({pod("a", "ReplicaSet"), pod("b", ""), pod("c", "DaemonSet")});
  const Drain drain = plan_drain(pods, {}, kNow);
  EXPECT_EQ(drain.refused,
            (std::vector<std::string>{
                "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): "
                "default/c",
                "cannot delete Pods that declare no controller (use --force to override): "
                "default/b"}));
  const Drain forced =
      plan_drain(pods, {.ignore_daemon_sets = true, .force = true, .skip_deleted = {}}, kNow);
  EXPECT_TRUE(forced.refused.empty());
  EXPECT_EQ(forced.evict.size(), 2U);
  EXPECT_EQ(forced.warning,
            "deleting Pods that declare no controller: default/b; ignoring DaemonSet-managed Pods: "
            "default/c");
}

TEST(Drain, LeavesPodsThatHaveLongBeenGoing) {
  Json going = pod("a", "ReplicaSet");
  going["metadata"]["deletionTimestamp"] = rfc3339(kNow - Seconds(11));
  DrainRules rules;
  EXPECT_EQ(plan_drain(Json::array({going}), rules, kNow).evict.size(), 1U);
  rules.skip_deleted = Seconds(10);
  EXPECT_TRUE(plan_drain(Json::array({going}), rules, kNow).evict.empty());
  rules.skip_deleted = Seconds(20);
  EXPECT_EQ(plan_drain(Json::array({going}), rules, kNow).evict.size(), 1U);
}

}  // namespace
}  // namespace podrun::client
