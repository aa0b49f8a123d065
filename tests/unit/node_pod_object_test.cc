// Pods as the node reads and writes them.
#include <gtest/gtest.h>

#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

Json parse(const char* text) { return Json::parse(text); }

TEST(NodePodObject, ViewFollowsTheObject) {
  EXPECT_EQ(view_of(nullptr, "box").place, ApiView::Place::kAbsent);
  Json pod = parse(R"({"metadata": {"name": "a", "uid": "u"}, "spec": {}})");
  EXPECT_EQ(view_of(&pod, "box").place, ApiView::Place::kUnbound);
  pod["spec"]["nodeName"] = "box";
  EXPECT_EQ(view_of(&pod, "box").place, ApiView::Place::kHere);
  EXPECT_EQ(view_of(&pod, "other").place, ApiView::Place::kElsewhere);
  EXPECT_FALSE(view_of(&pod, "box").deleting);

  pod["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z";
  pod["metadata"]["deletionGracePeriodSeconds"] = 7;
  const ApiView view = view_of(&pod, "box");
  EXPECT_TRUE(view.deleting);
  EXPECT_EQ(view.grace, Seconds(7));
  EXPECT_FALSE(view.confirmed);
  pod["metadata"]["deletionGracePeriodSeconds"] = 0;
  EXPECT_FALSE(view_of(&pod, "box").confirmed);
  pod["metadata"]["finalizers"] = Json::array({"batch.kubernetes.io/job-tracking"});
  EXPECT_FALSE(view_of(&pod, "box").confirmed) << "a forced deletion: it has no last phase yet";
  pod = with_last_phase(pod).value();
  EXPECT_TRUE(view_of(&pod, "box").confirmed);
  EXPECT_FALSE(with_last_phase(pod));
}

TEST(NodePodObject, APodHasRunWhenAContainerHasAnId) {
  Json pod = parse(R"({"spec": {"nodeName": "box"},
    "status": {"phase": "Pending", "containerStatuses": [{"name": "a", "imageID": ""}]}})");
  EXPECT_FALSE(view_of(&pod, "box").has_run);
  pod["status"]["containerStatuses"][0]["containerID"] = "podrun://12";
  EXPECT_TRUE(view_of(&pod, "box").has_run);
  EXPECT_FALSE(view_of(&pod, "box").ended);
  pod["status"]["phase"] = "Failed";
  EXPECT_TRUE(view_of(&pod, "box").ended);
}

TEST(NodePodObject, PodsThatAlwaysRestartHaveNotEnded) {
  const Json always = parse(R"({"spec": {"restartPolicy": "Always"}})");
  const Json never = parse(R"({"spec": {"restartPolicy": "Never"}})");
  const Json failed = parse(R"({"phase": "Failed"})");
  EXPECT_FALSE(has_ended(failed, always));
  EXPECT_TRUE(has_ended(failed, never));
  EXPECT_FALSE(has_ended(parse(R"({"phase": "Running"})"), never));
  EXPECT_TRUE(has_ended(parse(R"({"phase": "Failed", "reason": "DeadlineExceeded"})"), always));
  EXPECT_FALSE(has_ended(Json(), never));
}

TEST(NodePodObject, StatusKeepsWhatOthersWroteThere) {
  const Json present = parse(R"({"phase": "Pending", "qosClass": "Burstable", "reason": "Old",
    "conditions": [
      {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-23T10:00:00Z"},
      {"type": "Ready", "status": "False", "lastTransitionTime": "2026-11-23T10:00:00Z"},
      {"type": "example.com/gate", "status": "True"}]})");
  const Json written = parse(R"({"phase": "Running", "conditions": [
      {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-23T10:00:05Z"},
      {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-23T10:00:05Z"}]})");
  EXPECT_EQ(merged_status(present, written, "10.0.0.5"), parse(R"({
    "phase": "Running", "qosClass": "Burstable", "conditions": [
      {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-23T10:00:05Z"},
      {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-23T10:00:00Z"},
      {"type": "example.com/gate", "status": "True"}],
    "hostIP": "10.0.0.5", "hostIPs": [{"ip": "10.0.0.5"}]})"));
}

TEST(PodObject, ARejectedPodHasFailedAndSaysWhy) {
  const Json present = {{"phase", "Pending"},
                        {"qosClass", "Burstable"},
                        {"conditions", Json::array({{{"type", "PodScheduled"}}})}};
  const Json status =
      rejected_status(present, "OutOfcpu", "Node didn't have enough resource: cpu", WallTime{});
  EXPECT_EQ(status["phase"], "Failed");
  EXPECT_EQ(status["reason"], "OutOfcpu");
  EXPECT_EQ(status["message"], "Pod was rejected: Node didn't have enough resource: cpu");
  EXPECT_EQ(status["startTime"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(status["qosClass"], "Burstable");
  EXPECT_EQ(status["conditions"], present["conditions"]);
}

}  // namespace
}  // namespace podrun::node
