// What is removed because it is old, too much, or nobody's.
#include <gtest/gtest.h>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using test::make_pod;
using test::pod_key;

class Housekeeping : public testing::Test {
 protected:
  Housekeeping() { world.settle(); }

  void make_event(const std::string& name) {
    world.api.create("events", "default",
                     {{"metadata", {{"name", name}}}, {"lastTimestamp", now()}});
  }
  std::string now() { return rfc3339(world.clock.wall()); }
  void pass(Seconds time) {
    for (; time > Seconds(0); time -= Seconds(10)) {
      world.clock.advance(Seconds(10));
      world.settle();
    }
  }
  std::size_t count(const char* resource) { return world.api.list(resource).size(); }
  void make(const std::string& name, const std::string& node, const std::string& phase) {
    world.api.create("pods", "default", make_pod(name, "x"));
    world.api.edit(pod_key(name), [&](Json& pod) {
      if (!node.empty()) pod["spec"]["nodeName"] = node;
      pod["status"]["phase"] = phase;
      pod["metadata"]["creationTimestamp"] = now();
    });
  }
  bool is_there(const std::string& name) { return world.api.get(pod_key(name)) != nullptr; }

  test::World world;
};

TEST_F(Housekeeping, EventsLiveAnHourFromWhenTheyWereLastSeen) {
  make_event("old");
  make_event("again");
  pass(Seconds(3000));
  world.api.edit({"events", "default", "again"},
                 [&](Json& event) { event["lastTimestamp"] = now(); });
  make_event("new");
  pass(Seconds(580));
  EXPECT_EQ(count("events"), 3U);
  pass(Seconds(100));
  EXPECT_EQ(count("events"), 2U);
  EXPECT_EQ(world.api.get({"events", "default", "old"}), nullptr);
  pass(Seconds(3600));
  EXPECT_EQ(count("events"), 0U);
}

TEST_F(Housekeeping, ManyEventsGoInTurns) {
  for (int i = 0; i < 1000; ++i) make_event("e" + std::to_string(i));
  pass(Seconds(3700));
  EXPECT_EQ(count("events"), 0U);
}

TEST_F(Housekeeping, TimesOfEvents) {
  EXPECT_FALSE(last_seen(Json::object()));
  const Json event{{"lastTimestamp", nullptr},
                   {"eventTime", "2026-11-23T10:00:00.5Z"},
                   {"series", {{"lastObservedTime", "2026-11-23T11:00:00Z"}}}};
  EXPECT_EQ(rfc3339(*last_seen(event)), "2026-11-23T11:00:00Z");
}

TEST_F(Housekeeping, TheOldestOfTooManyFinishedPodsGo) {
  std::vector<store::Object> pods;
  for (int i = 0; i < 5; ++i) {
    const std::string name = std::string(1, static_cast<char>('a' + i));
    make(name, "", i == 1 ? "Running" : "Succeeded");
    world.clock.advance(Seconds(1));
  }
  const auto surplus = surplus_finished(world.api.list("pods"), 2);
  ASSERT_EQ(surplus.size(), 2U);
  EXPECT_EQ(surplus[0].key.name, "a");
  EXPECT_EQ(surplus[1].key.name, "c");
  EXPECT_TRUE(surplus_finished(world.api.list("pods"), 4).empty());
  EXPECT_TRUE(surplus_finished(world.api.list("pods"), 0).empty());
  pass(Seconds(60));
  EXPECT_EQ(count("pods"), 5U);
}

TEST_F(Housekeeping, PodsOfNodesThatAreGone) {
  make("here", "n1", "Running");
  make("lost", "n2", "Running");
  pass(Seconds(120));
  EXPECT_TRUE(is_there("lost"));  // no node has come at all
  world.api.create("nodes", "", {{"metadata", {{"name", "n1"}}}});
  pass(Seconds(30));
  EXPECT_TRUE(is_there("lost"));
  std::string phase, reason;
  world.api.on_remove = [&](const store::Object& pod) {
    phase = text_at(*pod.json, {"status", "phase"});
    reason = text_at(*condition_of(*pod.json, "DisruptionTarget"), {"reason"});
  };
  pass(Seconds(60));
  EXPECT_FALSE(is_there("lost"));
  EXPECT_TRUE(is_there("here"));
  EXPECT_EQ(phase, "Failed");
  EXPECT_EQ(reason, "DeletionByPodGC");
}

TEST_F(Housekeeping, ANodeThatComesBackKeepsItsPods) {
  world.api.create("nodes", "", {{"metadata", {{"name", "n1"}}}});
  make("a", "n2", "Running");
  pass(Seconds(30));
  world.api.create("nodes", "", {{"metadata", {{"name", "n2"}}}});
  pass(Seconds(60));
  world.api.remove({"nodes", "", "n2"}, {});
  pass(Seconds(30));
  EXPECT_TRUE(is_there("a"));
}

TEST_F(Housekeeping, FiguresOfTheControllers) {
  const auto figures = world.manager->figures();
  EXPECT_EQ(figures.at("event_expiry").depth, 1U);
  EXPECT_GE(figures.at("namespace").looks, 4U);
  EXPECT_EQ(figures.at("replicas").depth, 0U);
}

}  // namespace
}  // namespace podrun::controllers
