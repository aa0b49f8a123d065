// Whether the node takes other resources of a pod, and how that is shown.
#include <gtest/gtest.h>

#include "supervisor/node/pod_object.h"
#include "supervisor/node/resize.h"

namespace podrun::node {
namespace {

Json parse(const char* text) { return Json::parse(text); }

store::Object stored(const char* text) {
  return {{}, 0, std::make_shared<const Json>(parse(text)), nullptr};
}

TEST(NodeResizing, ComparesAndTakesResources) {
  const Json pod = parse(R"({"spec": {"initContainers": [{"name": "i"}], "containers": [
    {"name": "a", "image": "x", "resources": {"limits": {"cpu": "1"}}}, {"name": "b"}]}})");
  Json other = pod;
  other["spec"]["containers"][0]["image"] = "y";
  EXPECT_EQ(resources_of(pod), resources_of(other));
  other["spec"]["containers"][1]["resources"]["limits"]["cpu"] = "2";
  EXPECT_NE(resources_of(pod), resources_of(other));
  const Json taken = with_resources(pod, other);
  EXPECT_EQ(resources_of(taken), resources_of(other));
  EXPECT_EQ(taken["spec"]["containers"][0]["image"], "x");
}

TEST(NodeResizing, CountsWhatOthersHave) {
  const Json node = parse(R"({"metadata": {"name": "box"},
    "status": {"allocatable": {"cpu": "2", "memory": "1Gi"}}})");
  const NodeRoom room = room_for(
      "me", node,
      {stored(R"({"metadata": {"uid": "me"}, "spec": {"nodeName": "box", "containers": [
         {"name": "a", "resources": {"requests": {"cpu": "1"}}}]}})"),
       stored(R"({"metadata": {"uid": "b"}, "spec": {"nodeName": "box", "containers": [
         {"name": "a", "resources": {"requests": {"cpu": "500m", "memory": "1Mi"}}}]}})"),
       stored(R"({"metadata": {"uid": "pending"}, "spec": {"nodeName": "box", "containers": [
         {"name": "a", "resources": {"requests": {"cpu": "7"}}}]}, "status": {"containerStatuses":
         [{"name": "a", "allocatedResources": {"cpu": "250m"}}]}})"),
       stored(R"({"metadata": {"uid": "c"}, "spec": {"nodeName": "elsewhere", "containers": [
         {"name": "a", "resources": {"requests": {"cpu": "1"}}}]}})"),
       stored(R"({"metadata": {"uid": "d"}, "spec": {"nodeName": "box", "containers": [
         {"name": "a", "resources": {"requests": {"cpu": "1"}}}]}, "status": {"phase": "Failed"}})")});
  EXPECT_EQ(room.allocatable.cpu_milli, 2000);
  EXPECT_EQ(room.allocatable.memory, 1 << 30);
  EXPECT_EQ(room.used.cpu_milli, 750);
  EXPECT_EQ(room.used.memory, 1 << 20);
}

TEST(NodeResizing, JudgesAsKubeletDoes) {
  const NodeRoom room{{4000, 4096}, {3000, 1024}};
  EXPECT_TRUE(judge_resize({500, 512}, {1000, 3072}, room).fits());
  const ResizeVerdict cpu = judge_resize({500, 512}, {5000, 512}, room);
  EXPECT_EQ(cpu.reason, "Infeasible");
  EXPECT_EQ(cpu.message, "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000");
  EXPECT_EQ(judge_resize({500, 512}, {5000, 5000}, room).message,
            "Node didn't have enough capacity: memory, requested: 5000, capacity: 4096");
  const ResizeVerdict later = judge_resize({500, 512}, {1500, 4000}, room);
  EXPECT_EQ(later.reason, "Deferred");
  EXPECT_EQ(later.message,
            "Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000");
  EXPECT_EQ(
      judge_resize({500, 512}, {400, 4000}, room).message,
      "Node didn't have enough resource: memory, requested: 4000, used: 1024, capacity: 4096");
  // On a node that is too full already, less is no problem.
  EXPECT_TRUE(judge_resize({5000, 8000}, {4500, 8000}, room).fits());
}

TEST(NodeResizing, ShowsWhatIsPending) {
  Json status = parse(R"({"conditions": [{"type": "Ready"}]})");
  const WallTime now = parse_rfc3339("2026-11-26T00:00:00Z");
  EXPECT_FALSE(show_pending(status, {}, 1, now));
  EXPECT_FALSE(is_pending(status));
  EXPECT_TRUE(show_pending(status, {"Deferred", "full"}, 2, now));
  EXPECT_TRUE(is_pending(status));
  EXPECT_FALSE(show_pending(status, {"Deferred", "full"}, 2, now + Seconds(5)));
  EXPECT_TRUE(show_pending(status, {"Infeasible", "too much"}, 3, now + Seconds(5)));
  EXPECT_EQ(status["conditions"][1], parse(R"({"lastProbeTime": null,
    "lastTransitionTime": "2026-11-26T00:00:00Z", "message": "too much", "observedGeneration": 3,
    "reason": "Infeasible", "status": "True", "type": "PodResizePending"})"));
  EXPECT_TRUE(show_pending(status, {}, 3, now));
  EXPECT_EQ(status["conditions"].size(), 1U);
}

TEST(NodeResizing, ASupervisorThatIsDoneTakesItsConditionBack) {
  const Json shown =
      merged_status(parse(R"({"conditions": [{"type": "PodResizeInProgress", "status": "True"},
                               {"type": "PodResizePending", "status": "True"}]})"),
                    parse(R"({"conditions": [{"type": "Ready", "status": "True"}]})"), "");
  ASSERT_EQ(shown["conditions"].size(), 2U);
  EXPECT_EQ(shown["conditions"][0]["type"], "Ready");
  EXPECT_EQ(shown["conditions"][1]["type"], "PodResizePending");
}

}  // namespace
}  // namespace podrun::node
