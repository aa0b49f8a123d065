#include <gtest/gtest.h>

#include "supervisor/controllers/pod_state.h"

namespace podrun::controllers {
namespace {

const WallTime kNow = parse_rfc3339("2026-11-23T10:00:00Z");

Json running(Seconds ready_for = Seconds(0)) {
  Json pod = {{"metadata", {{"creationTimestamp", "2026-11-23T09:00:00Z"}}},
              {"spec", {{"nodeName", "n1"}}},
              {"status", {{"phase", "Running"}}}};
  if (ready_for > Seconds(0)) {
    pod["status"]["conditions"] =
        Json::array({{{"type", "Ready"},
                      {"status", "True"},
                      {"lastTransitionTime", rfc3339(kNow - ready_for)}}});
  }
  return pod;
}

store::Object stored(const std::string& name, Json pod) {
  pod["metadata"]["name"] = name;
  pod["metadata"]["uid"] = name;
  return {{"pods", "default", name}, 1, std::make_shared<const Json>(std::move(pod)), nullptr};
}

/// Which of two goes first; either order of asking must say the same.
void expect_first(const std::string& what, Json first, Json second, const NodeLoad& load = {}) {
  // The uid decides last: give it the wrong way round.
  const store::Object a = stored("b-first", std::move(first));
  const store::Object b = stored("a-second", std::move(second));
  for (const auto& pods : {std::vector{a, b}, std::vector{b, a}}) {
    EXPECT_EQ(pods_to_delete(pods, 1, load, kNow).at(0).key.name, "b-first") << what;
  }
}

TEST(PodState, ActiveMeansNeitherFinishedNorEnding) {
  EXPECT_TRUE(is_active(running()));
  for (const char* phase : {"Succeeded", "Failed"}) {
    Json pod = running();
    pod["status"]["phase"] = phase;
    EXPECT_FALSE(is_active(pod));
  }
  Json ending = running();
  ending["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z";
  EXPECT_FALSE(is_active(ending));
  EXPECT_TRUE(is_active(Json::object()));
}

TEST(PodState, AvailableAfterMinReadySeconds) {
  EXPECT_FALSE(available_at(running(), Seconds(0)));
  EXPECT_EQ(available_at(running(Seconds(4)), Seconds(10)), kNow + Seconds(6));
  EXPECT_LE(*available_at(running(Seconds(4)), Seconds(0)), kNow);
}

TEST(PodState, RanksForDeletion) {
  Json unassigned = running(Seconds(100));
  unassigned["spec"].erase("nodeName");
  expect_first("unassigned", unassigned, running());

  Json pending = running(Seconds(100));
  pending["status"]["phase"] = "Pending";
  Json unknown = running(Seconds(100));
  unknown["status"]["phase"] = "Unknown";
  expect_first("Pending before Unknown", pending, unknown);
  expect_first("Unknown before Running", unknown, running());

  expect_first("not ready", running(), running(Seconds(1)));

  Json cheap = running(Seconds(1000)), dear = running(Seconds(1));
  cheap["metadata"]["annotations"]["controller.kubernetes.io/pod-deletion-cost"] = "-5";
  dear["metadata"]["annotations"]["controller.kubernetes.io/pod-deletion-cost"] = "x";
  expect_first("deletion cost; what is no number is 0", cheap, dear);

  Json crowded = running(Seconds(1000));
  crowded["spec"]["nodeName"] = "n2";
  expect_first("fuller node", crowded, running(Seconds(1)), {{"n1", 1}, {"n2", 2}});

  expect_first("ready for a shorter time", running(Seconds(10)), running(Seconds(100)));

  Json restarted = running(Seconds(100));
  restarted["status"]["containerStatuses"] = Json::array({{{"restartCount", 3}}});
  expect_first("more restarts", restarted, running(Seconds(100)));

  Json young = running(Seconds(100));
  young["metadata"]["creationTimestamp"] = "2026-11-23T09:58:00Z";
  expect_first("newer", young, running(Seconds(100)));
}

TEST(PodState, AgesOfOneMagnitudeAreEqual) {
  // 35 s and 60 s lie between the same powers of two of nanoseconds: the uid decides.
  const store::Object a = stored("a", running(Seconds(60)));
  const store::Object b = stored("b", running(Seconds(35)));
  EXPECT_EQ(pods_to_delete({b, a}, 1, {}, kNow).at(0).key.name, "a");
}

}  // namespace
}  // namespace podrun::controllers
