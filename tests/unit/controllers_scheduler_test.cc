// What the scheduler does to the API, and when it looks again.
#include <gtest/gtest.h>

#include "controllers_fake_api.h"
#include "supervisor/controllers/scheduler.h"

namespace podrun::controllers {
namespace {

Json make_node(const std::string& name, const char* cpu = "2") {
  return {{"metadata", {{"name", name}}},
          {"spec", Json::object()},
          {"status", {{"allocatable", {{"cpu", cpu}, {"memory", "4Gi"}, {"pods", "110"}}}}}};
}

class SchedulerTest : public ::testing::Test {
 protected:
  void add_node(const std::string& name, const char* cpu = "2") {
    const Json node = make_node(name, cpu);
    api_.create("nodes", "", node);
    api_.edit({"nodes", "", name}, [&](Json& json) { json["status"] = node["status"]; });
  }
  void add_pod(
      const std::string& name, const char* cpu = "1",
      const std::function<void(Json&)>& change = [](Json&) {}) {
    Json pod = test::make_pod(name, "web");
    pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = cpu;
    change(pod);
    api_.create("pods", "default", std::move(pod));
  }
  /// Tells what changed, and lets it look until nothing is due.
  void settle() {
    for (int i = 0; i < 100; ++i) {
      while (!api_.changes.empty()) {
        const store::Change change = api_.changes.front();
        api_.changes.pop_front();
        scheduler_.on_change(change);
      }
      const auto due = scheduler_.next_deadline();
      if (!due || *due > clock_.now()) return;
      scheduler_.run(clock_.now() + Seconds(1));
    }
    FAIL() << "it does not come to rest";
  }
  std::string node_of(const std::string& name) {
    return text_at(api_.json(test::pod_key(name)), {"spec", "nodeName"});
  }
  int count(const std::string& text) const {
    return static_cast<int>(std::count_if(
        api_.events.begin(), api_.events.end(),
        [&](const std::string& event) { return event.find(text) != std::string::npos; }));
  }

  FakeClock clock_;
  test::FakeApi api_{clock_};
  std::vector<std::string> bound_;
  Scheduler scheduler_{api_, clock_, [this](const store::ObjectKey& key, const std::string& node) {
                         bound_.push_back(key.name + " " + node);
                       }};
};

TEST_F(SchedulerTest, BindsAndTells) {
  add_node("n1");
  add_pod("a");
  settle();
  EXPECT_EQ(node_of("a"), "n1");
  EXPECT_EQ(bound_, std::vector<std::string>{"a n1"});
  EXPECT_EQ(api_.events,
            std::vector<std::string>{"Normal Scheduled Successfully assigned default/a to n1"});
}

TEST_F(SchedulerTest, RefusesOnceAndTriesAgainWhenThereIsRoom) {
  add_node("n1");
  add_pod("a", "2");
  settle();
  add_pod("b");
  settle();
  EXPECT_EQ(node_of("b"), "");
  const std::string why =
      "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No "
      "preemption victims found for incoming pod.";
  EXPECT_EQ(count("Warning FailedScheduling " + why), 1);
  const Json* condition = condition_of(api_.json(test::pod_key("b")), "PodScheduled");
  ASSERT_NE(condition, nullptr);
  EXPECT_EQ(text_at(*condition, {"status"}), "False");
  EXPECT_EQ(text_at(*condition, {"reason"}), "Unschedulable");
  EXPECT_EQ(text_at(*condition, {"message"}), why);
  // At rest: nothing is written while nothing changes.
  const int writes = api_.writes;
  settle();
  EXPECT_EQ(api_.writes, writes);
  api_.remove(test::pod_key("a"), {});
  settle();
  EXPECT_EQ(node_of("b"), "");  // it still runs
  api_.confirm_deletion(test::pod_key("a"));
  settle();
  EXPECT_EQ(node_of("b"), "n1");
}

TEST_F(SchedulerTest, ASuccessorOfTheSameNameDoesNotCompeteWithItsPredecessor) {
  add_node("n1");
  add_pod("a", "2");
  settle();
  add_pod("b");
  settle();
  EXPECT_EQ(node_of("b"), "");
  // Both are told of at once.
  api_.remove(test::pod_key("a"), {});
  api_.confirm_deletion(test::pod_key("a"));
  add_pod("a", "1");
  settle();
  EXPECT_EQ(node_of("a"), "n1");
  EXPECT_EQ(node_of("b"), "n1");
}

TEST_F(SchedulerTest, TriesAgainWhenANodeChanges) {
  add_pod("a", "1", [](Json& pod) { pod["spec"]["nodeSelector"]["disk"] = "ssd"; });
  settle();
  EXPECT_EQ(count("no nodes available to schedule pods"), 1);
  add_node("n1");
  settle();
  EXPECT_EQ(node_of("a"), "");
  // A heartbeat is no change that matters.
  const int events = static_cast<int>(api_.events.size());
  api_.edit({"nodes", "", "n1"}, [](Json& node) { node["status"]["beat"] = 1; });
  settle();
  EXPECT_EQ(static_cast<int>(api_.events.size()), events);
  api_.edit({"nodes", "", "n1"}, [](Json& node) { node["metadata"]["labels"]["disk"] = "ssd"; });
  settle();
  EXPECT_EQ(node_of("a"), "n1");
}

TEST_F(SchedulerTest, CompanyThatComesIsFollowed) {
  add_node("n1");
  add_pod("a", "1", [](Json& pod) {
    pod["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] =
        Json::array(
            {{{"labelSelector", {{"matchLabels", {{"app", "db"}}}}}, {"topologyKey", "host"}}});
  });
  api_.edit({"nodes", "", "n1"}, [](Json& node) { node["metadata"]["labels"]["host"] = "n1"; });
  settle();
  EXPECT_EQ(node_of("a"), "");
  add_pod("db", "1", [](Json& pod) { pod["metadata"]["labels"]["app"] = "db"; });
  settle();
  EXPECT_EQ(node_of("a"), "n1");
}

TEST_F(SchedulerTest, TellsAgainAfterAWhile) {
  add_pod("a");
  settle();
  clock_.advance(scheduling::kFlush);
  settle();
  EXPECT_EQ(count("FailedScheduling"), 2);
}

TEST_F(SchedulerTest, LeavesOthersPodsAlone) {
  add_node("n1");
  add_pod("theirs", "1", [](Json& pod) { pod["spec"]["schedulerName"] = "mine"; });
  add_pod("placed", "1", [](Json& pod) { pod["spec"]["nodeName"] = "n1"; });
  add_pod("gated", "1", [](Json& pod) {
    pod["spec"]["schedulingGates"] = Json::array({{{"name", "wait"}}});
  });
  settle();
  EXPECT_EQ(node_of("theirs"), "");
  EXPECT_EQ(node_of("gated"), "");
  EXPECT_TRUE(bound_.empty());
  // But what is placed counts.
  add_pod("a", "1");
  add_pod("b", "1");
  settle();
  EXPECT_EQ(node_of("a"), "n1");
  EXPECT_EQ(node_of("b"), "");
}

TEST_F(SchedulerTest, TheMoreImportantGoesFirst) {
  add_pod("a", "2");
  add_pod("important", "2", [](Json& pod) { pod["spec"]["priority"] = 100; });
  settle();
  add_node("n1");
  settle();
  EXPECT_EQ(node_of("important"), "n1");
  EXPECT_EQ(node_of("a"), "");
}

TEST_F(SchedulerTest, AFailedWriteIsTriedAgain) {
  add_node("n1");
  add_pod("a");
  bool fail = true;
  api_.before_write = [&](const std::string& verb, const store::ObjectKey&) {
    if (verb == "assign" && fail) throw api::ApiError(500, "InternalError", "disk");
  };
  settle();
  EXPECT_EQ(node_of("a"), "");
  fail = false;
  clock_.advance(Seconds(1));
  settle();
  EXPECT_EQ(node_of("a"), "n1");
}

TEST_F(SchedulerTest, StartReadsWhatIsThere) {
  add_node("n1");
  add_pod("old", "2", [](Json& pod) { pod["spec"]["nodeName"] = "n1"; });
  add_pod("a");
  api_.changes.clear();
  scheduler_.start();
  EXPECT_EQ(scheduler_.next_deadline(), Moment{});
  settle();
  EXPECT_EQ(count("Insufficient cpu"), 1);
}

}  // namespace
}  // namespace podrun::controllers
