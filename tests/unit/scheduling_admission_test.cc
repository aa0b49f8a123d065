// What a node does not begin though it was bound to it.
#include <gtest/gtest.h>

#include "supervisor/scheduling/admission.h"

namespace podrun::scheduling {
namespace {

Json node(const std::string& spec = "{}") {
  return {{"metadata", {{"name", "n1"}, {"labels", {{"disk", "hdd"}}}}},
          {"spec", Json::parse(spec)},
          {"status", {{"allocatable", {{"cpu", "1"}, {"memory", "1Gi"}, {"pods", "2"}}}}}};
}

Json pod(const std::string& name, const std::string& requests, const std::string& more = "{}") {
  Json made = {{"metadata", {{"name", name}, {"namespace", "default"}}},
               {"spec", {{"nodeName", "n1"}, {"containers", Json::array({{{"name", "c"}}})}}}};
  made["spec"]["containers"][0]["resources"]["requests"] = Json::parse(requests);
  made["spec"].update(Json::parse(more));
  return made;
}

class Admission : public ::testing::Test {
 protected:
  Admission() { cluster_.set_node(node()); }
  std::string said(const Json& which) const {
    const auto rejection = reject(pod_facts(which), *cluster_.node("n1"));
    return rejection ? rejection->reason + ": " + rejection->message : "";
  }
  Cluster cluster_;
};

TEST_F(Admission, NamesWhatIsShort) {
  EXPECT_EQ(said(pod("a", R"({"cpu": "1"})")), "");
  EXPECT_EQ(said(pod("a", R"({"cpu": "1500m"})")),
            "OutOfcpu: Node didn't have enough resource: cpu, requested: 1500, used: 0, capacity: "
            "1000");
  cluster_.set_pod(pod("b", R"({"cpu": "600m", "memory": "1Gi"})"));
  EXPECT_EQ(said(pod("a", R"({"memory": "1"})")),
            "OutOfmemory: Node didn't have enough resource: memory, requested: 1, used: "
            "1073741824, capacity: 1073741824");
  EXPECT_EQ(said(pod("a", R"({"cpu": "400m", "example.com/gpu": "1"})")), "");
  cluster_.set_pod(pod("c", "{}"));
  EXPECT_EQ(said(pod("a", "{}")),
            "OutOfpods: Node didn't have enough resource: pods, requested: 1, used: 2, capacity: "
            "2");
}

TEST_F(Admission, SelectorsPortsAndTaintsHoldToo) {
  EXPECT_EQ(said(pod("a", "{}", R"({"nodeSelector": {"disk": "ssd"}})")),
            "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node "
            "affinity/selector");
  const std::string port = R"({"containers": [{"name": "c", "ports":
                               [{"containerPort": 80, "hostPort": 80}]}]})";
  EXPECT_EQ(said(pod("a", "{}", port)), "");
  cluster_.set_pod(pod("b", "{}", port));
  EXPECT_EQ(said(pod("a", "{}", port)),
            "NodePorts: Predicate NodePorts failed: node(s) didn't have free ports for the "
            "requested pod ports");
  cluster_.set_node(node(R"({"taints": [{"key": "k", "effect": "NoExecute"}]})"));
  EXPECT_EQ(said(pod("a", "{}")),
            "TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod "
            "didn't tolerate");
  EXPECT_EQ(said(pod("a", "{}", R"({"tolerations": [{"operator": "Exists"}]})")), "");
}

/// Those are for who chooses a node.
TEST_F(Admission, CordonsAndNoScheduleDoNotMatter) {
  cluster_.set_node(
      node(R"({"unschedulable": true, "taints": [{"key": "k", "effect": "NoSchedule"}]})"));
  EXPECT_EQ(said(pod("a", "{}")), "");
}

}  // namespace
}  // namespace podrun::scheduling
