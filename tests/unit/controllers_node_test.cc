// A node that is not heard of any more, what its pods suffer, and that it comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using test::make_pod;
using test::pod_key;

store::ObjectKey node_key(const std::string& name) { return {"nodes", "", name}; }

class NodeLifecycle : public testing::Test {
 protected:
  NodeLifecycle() {
    for (const char* name : {"n1", "n2"}) join(name);
    world.settle();
  }
  void join(const std::string& name) {
    world.api.create("nodes", "", {{"metadata", {{"name", name}}}, {"spec", Json::object()}});
    beat(name);
    world.api.create(kLeases, kLeaseNamespace, {{"metadata", {{"name", name}}}});
  }
  /// The node reports that it is well.
  void beat(const std::string& name) {
    world.api.edit(node_key(name), [&](Json& node) {
      node["status"]["conditions"] = Json::array();
      for (const char* type : {"MemoryPressure", "DiskPressure", "PIDPressure", "Ready"}) {
        const bool ready = std::string(type) == "Ready";
        node["status"]["conditions"].push_back(
            {{"type", type},
             {"status", ready ? "True" : "False"},
             {"lastHeartbeatTime", rfc3339(world.clock.wall())}});
      }
    });
  }
  void renew(const std::string& name) {
    world.api.edit({kLeases, kLeaseNamespace, name},
                   [&](Json& lease) { lease["spec"]["renewTime"] = rfc3339(world.clock.wall()); });
  }
  /// Time passes, in which these nodes renew their leases.
  void pass(Seconds time, const std::vector<std::string>& alive) {
    for (; time > Seconds(0); time -= Seconds(1)) {
      world.clock.advance(Seconds(1));
      if (time.count() % 10 == 0) {
        for (const std::string& name : alive) renew(name);
      }
      world.settle();
    }
  }
  std::string condition(const std::string& node, const char* type, const char* field) {
    return text_at(*condition_of(world.api.json(node_key(node)), type), {field});
  }
  std::string taints(const std::string& node) {
    std::vector<std::string> all;
    if (const Json* list = find(world.api.json(node_key(node)), {"spec", "taints"})) {
      for (const Json& each : *list) {
        all.push_back(text_at(each, {"key"}) + ":" + text_at(each, {"effect"}));
      }
    }
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string& each : all) text += (text.empty() ? "" : " ") + each;
    return text;
  }
  void run(const std::string& name, const std::string& node, const Json& tolerations) {
    world.api.create("pods", "default", make_pod(name, "x"));
    world.api.edit(pod_key(name), [&](Json& pod) {
      pod["spec"]["nodeName"] = node;
      pod["spec"]["tolerations"] = tolerations;
      test::set_ready(pod, true, world.clock.wall());
    });
    world.settle();
  }
  static Json for_seconds(int seconds) {
    return Json::array({{{"key", "node.kubernetes.io/unreachable"},
                         {"operator", "Exists"},
                         {"effect", "NoExecute"},
                         {"tolerationSeconds", seconds}}});
  }
  bool is_terminating(const std::string& name) {
    return is_being_deleted(world.api.json(pod_key(name)));
  }
  bool is_ready(const std::string& name) {
    return text_at(*condition_of(world.api.json(pod_key(name)), "Ready"), {"status"}) == "True";
  }
  bool told(const std::string& event) {
    return std::find(world.api.events.begin(), world.api.events.end(), event) !=
           world.api.events.end();
  }

  static constexpr const char* kUnreachable =
      "node.kubernetes.io/unreachable:NoExecute node.kubernetes.io/unreachable:NoSchedule";
  test::World world;
};

TEST_F(NodeLifecycle, HeartbeatsKeepItReady) {
  pass(Seconds(600), {"n1", "n2"});
  EXPECT_EQ(condition("n1", "Ready", "status"), "True");
  EXPECT_EQ(taints("n1"), "");
}

TEST_F(NodeLifecycle, FortySecondsOfSilenceMakeItUnknown) {
  run("a", "n1", for_seconds(300));
  run("b", "n2", for_seconds(300));
  pass(Seconds(39), {"n2"});
  EXPECT_EQ(condition("n1", "Ready", "status"), "True");
  pass(Seconds(2), {"n2"});
  EXPECT_EQ(condition("n1", "Ready", "status"), "Unknown");
  EXPECT_EQ(condition("n1", "Ready", "reason"), "NodeStatusUnknown");
  EXPECT_EQ(condition("n1", "MemoryPressure", "message"), "Kubelet stopped posting node status.");
  EXPECT_EQ(taints("n1"), kUnreachable);
  EXPECT_FALSE(is_ready("a"));
  EXPECT_TRUE(is_ready("b"));
  EXPECT_TRUE(told("Normal NodeNotReady Node n1 status is now: NodeNotReady"));
  EXPECT_TRUE(told("Warning NodeNotReady Node is not ready"));
  EXPECT_EQ(taints("n2"), "");
}

TEST_F(NodeLifecycle, PodsGoWhenTheirTolerationEnds) {
  run("soon", "n1", for_seconds(30));
  run("late", "n1", for_seconds(300));
  run("always", "n1", Json::array({{{"operator", "Exists"}}}));
  run("never", "n1", Json::array());
  pass(Seconds(41), {"n2"});
  EXPECT_TRUE(is_terminating("never"));
  EXPECT_FALSE(is_terminating("soon"));
  pass(Seconds(31), {"n2"});
  EXPECT_TRUE(is_terminating("soon"));
  EXPECT_TRUE(told("Normal TaintManagerEviction Marking for deletion Pod default/soon"));
  EXPECT_EQ(text_at(*condition_of(world.api.json(pod_key("soon")), "DisruptionTarget"), {"reason"}),
            "DeletionByTaintManager");
  EXPECT_FALSE(told("Normal TaintManagerEviction Cancelling deletion of Pod default/soon"));
  EXPECT_FALSE(is_terminating("late"));
  pass(Seconds(271), {"n2"});
  EXPECT_TRUE(is_terminating("late"));
  EXPECT_FALSE(is_terminating("always"));
}

TEST_F(NodeLifecycle, ReturningInTimeSavesThePods) {
  run("a", "n1", for_seconds(60));
  pass(Seconds(80), {"n2"});
  EXPECT_EQ(taints("n1"), kUnreachable);
  const char* const cancelled = "Normal TaintManagerEviction Cancelling deletion of Pod default/a";
  EXPECT_FALSE(told(cancelled));
  beat("n1");
  pass(Seconds(1), {"n1", "n2"});
  EXPECT_EQ(taints("n1"), "");
  EXPECT_TRUE(told(cancelled));
  pass(Seconds(300), {"n1", "n2"});
  EXPECT_FALSE(is_terminating("a"));
}

TEST_F(NodeLifecycle, ARestartForgetsNoEviction) {
  run("a", "n1", for_seconds(60));
  pass(Seconds(60), {"n2"});
  world.restart();
  world.settle();
  pass(Seconds(45), {"n2"});
  EXPECT_TRUE(is_terminating("a"));
}

TEST_F(NodeLifecycle, WhereAllAreLostNobodyIsSentAway) {
  run("a", "n1", for_seconds(10));
  pass(Seconds(200), {});
  EXPECT_EQ(condition("n1", "Ready", "status"), "Unknown");
  EXPECT_EQ(taints("n1"), "node.kubernetes.io/unreachable:NoSchedule");
  EXPECT_FALSE(is_terminating("a"));
  EXPECT_FALSE(is_ready("a"));
  beat("n2");
  pass(Seconds(11), {"n2"});
  EXPECT_TRUE(is_terminating("a"));
}

TEST_F(NodeLifecycle, WhereMostAreLostNobodyElseIsSentAway) {
  for (const char* name : {"n3", "n4", "n5"}) join(name);
  world.settle();
  run("a", "n1", for_seconds(60));
  run("b", "n2", for_seconds(60));
  pass(Seconds(50), {"n2", "n3", "n4", "n5"});
  EXPECT_EQ(taints("n1"), kUnreachable);
  pass(Seconds(60), {"n4", "n5"});  // n2 and n3 are lost at once
  const char* const unschedulable = "node.kubernetes.io/unreachable:NoSchedule";
  EXPECT_EQ(taints("n2"), unschedulable);
  EXPECT_EQ(taints("n3"), unschedulable);
  EXPECT_EQ(taints("n1"), kUnreachable) << "it was lost before";
  EXPECT_TRUE(is_terminating("a"));
  pass(Seconds(100), {"n4", "n5"});
  EXPECT_FALSE(is_terminating("b"));
  beat("n3");
  pass(Seconds(11), {"n3", "n4", "n5"});
  EXPECT_EQ(taints("n2"), kUnreachable);
}

TEST(Eviction, WhereItIsHeldTaintsAreExchangedYet) {
  const auto taints = [](const char* key, const char* effect) {
    const Json node = {
        {"spec", {{"taints", Json::array({{{"key", key}, {"effect", effect}}})}}},
        {"status", {{"conditions", Json::array({{{"type", "Ready"}, {"status", "Unknown"}}})}}}};
    std::string text;
    for (const Json& each : wanted_taints(node, Eviction::kHeld, WallTime())) {
      text += text_at(each, {"key"}).substr(19) + ":" + text_at(each, {"effect"}) + " ";
    }
    return text;
  };
  EXPECT_EQ(taints("node.kubernetes.io/not-ready", "NoExecute"),
            "unreachable:NoSchedule unreachable:NoExecute ");
  EXPECT_EQ(taints("node.kubernetes.io/not-ready", "NoSchedule"), "unreachable:NoSchedule ");
}

TEST(Eviction, IsHeldWhereMostOfAFewNodesAreLost) {
  EXPECT_EQ(eviction_of(3, 0), Eviction::kAllowed);
  EXPECT_EQ(eviction_of(1, 2), Eviction::kAllowed) << "two are too few to tell";
  EXPECT_EQ(eviction_of(0, 3), Eviction::kNone);
  EXPECT_EQ(eviction_of(1, 3), Eviction::kHeld);
  EXPECT_EQ(eviction_of(3, 3), Eviction::kAllowed) << "half";
  EXPECT_EQ(eviction_of(9, 11), Eviction::kHeld) << "55 %";
  EXPECT_EQ(eviction_of(10, 40), Eviction::kHeld);
  EXPECT_EQ(eviction_of(10, 41), Eviction::kAllowed);
}

TEST_F(NodeLifecycle, ConditionsAndCordonsAreTaints) {
  world.api.edit(node_key("n1"), [](Json& node) {
    node["spec"]["unschedulable"] = true;
    node["spec"]["taints"] = Json::array({{{"key", "mine"}, {"effect", "NoSchedule"}}});
    for (Json& each : node["status"]["conditions"]) {
      if (each["type"] == "DiskPressure") each["status"] = "True";
      if (each["type"] == "Ready") each["status"] = "False";
    }
  });
  world.settle();
  EXPECT_EQ(taints("n1"),
            "mine:NoSchedule node.kubernetes.io/disk-pressure:NoSchedule "
            "node.kubernetes.io/not-ready:NoExecute node.kubernetes.io/not-ready:NoSchedule "
            "node.kubernetes.io/unschedulable:NoSchedule");
  world.api.edit(node_key("n1"), [](Json& node) { node["spec"].erase("unschedulable"); });
  beat("n1");
  world.settle();
  EXPECT_EQ(taints("n1"), "mine:NoSchedule");
}

TEST_F(NodeLifecycle, AUsersTaintDrivesPodsAwayToo) {
  run("a", "n1", Json::array());
  run("b", "n1",
      Json::array({{{"key", "mine"}, {"operator", "Exists"}, {"tolerationSeconds", 20}}}));
  world.api.edit(node_key("n1"), [](Json& node) {
    node["spec"]["taints"] = Json::array({{{"key", "mine"}, {"effect", "NoExecute"}}});
  });
  world.settle();
  EXPECT_TRUE(is_terminating("a"));
  EXPECT_FALSE(is_terminating("b"));
  run("later", "n1", Json::array());
  EXPECT_TRUE(is_terminating("later"));
  pass(Seconds(21), {"n1", "n2"});
  EXPECT_TRUE(is_terminating("b"));
}

TEST_F(NodeLifecycle, ATolerationBeginsWithThePod) {
  world.api.edit(node_key("n1"), [&](Json& node) {
    node["spec"]["taints"] = Json::array(
        {{{"key", "mine"}, {"effect", "NoExecute"}, {"timeAdded", rfc3339(world.clock.wall())}}});
  });
  pass(Seconds(60), {"n1", "n2"});
  run("new", "n1",
      Json::array({{{"key", "mine"}, {"operator", "Exists"}, {"tolerationSeconds", 5}}}));
  pass(Seconds(4), {"n1", "n2"});
  EXPECT_FALSE(is_terminating("new"));
  pass(Seconds(2), {"n1", "n2"});
  EXPECT_TRUE(is_terminating("new"));
}

/// One that waited for its node was created long before it.
TEST(EvictionTime, CountsFromTheBindingOfAPod) {
  const WallTime begin{Seconds(1'763'892'000)};
  const std::vector<Drive> drives = {{{"mine", "", "NoExecute"}, begin}};
  Json pod = {
      {"metadata", {{"creationTimestamp", rfc3339(begin + Seconds(10))}}},
      {"spec",
       {{"tolerations",
         Json::array({{{"key", "mine"}, {"operator", "Exists"}, {"tolerationSeconds", 5}}})}}}};
  EXPECT_EQ(eviction_time(pod, drives), begin + Seconds(15));
  pod["status"]["conditions"] =
      Json::array({{{"type", "PodScheduled"},
                    {"status", "True"},
                    {"lastTransitionTime", rfc3339(begin + Seconds(100))}}});
  EXPECT_EQ(eviction_time(pod, drives), begin + Seconds(105));
  pod["status"]["conditions"][0]["lastTransitionTime"] = rfc3339(begin - Seconds(100));
  EXPECT_EQ(eviction_time(pod, drives), begin + Seconds(5));
}

TEST(EvictionTime, IsNoneWhereNobodyLivesToSeeIt) {
  const WallTime begin{Seconds(1'763'892'000)};
  const std::vector<Drive> drives = {{{"mine", "", "NoExecute"}, begin}};
  const auto when = [&](std::int64_t seconds) {
    const Json pod = {{"spec",
                       {{"tolerations", Json::array({{{"key", "mine"},
                                                      {"operator", "Exists"},
                                                      {"tolerationSeconds", seconds}}})}}}};
    return eviction_time(pod, drives);
  };
  EXPECT_EQ(when(1'000'000'000), begin + Seconds(1'000'000'000));
  EXPECT_EQ(when(9'999'999'999), std::nullopt);
  EXPECT_EQ(when(std::numeric_limits<std::int64_t>::max()), std::nullopt);
  EXPECT_EQ(when(-1), begin);
}

TEST_F(NodeLifecycle, WhoComesAndGoesIsTold) {
  EXPECT_TRUE(told("Normal RegisteredNode Node n1 event: Registered Node n1 in Controller"));
  world.api.remove(node_key("n1"), {});
  world.settle();
  EXPECT_TRUE(told("Normal RemovingNode Node n1 event: Removing Node n1 from Controller"));
  EXPECT_FALSE(told("Normal RemovingNode Node n2 event: Removing Node n2 from Controller"));
}

TEST_F(NodeLifecycle, OneThatNeverReportedIsUnknownAfterAMinute) {
  world.api.create("nodes", "", {{"metadata", {{"name", "n3"}}}});
  pass(Seconds(59), {"n1", "n2"});
  EXPECT_EQ(condition_of(world.api.json(node_key("n3")), "Ready"), nullptr);
  pass(Seconds(2), {"n1", "n2"});
  EXPECT_EQ(condition("n3", "Ready", "reason"), "NodeStatusNeverUpdated");
  EXPECT_EQ(condition("n3", "Ready", "message"), "Kubelet never posted node status.");
}

}  // namespace
}  // namespace podrun::controllers
