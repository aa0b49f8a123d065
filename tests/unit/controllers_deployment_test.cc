#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "controllers_world.h"
#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/deployment.h"
#include "supervisor/controllers/rollout.h"

namespace podrun::controllers {
namespace {

using store::Object;
using store::ObjectKey;

const ObjectKey kKey = {"deployments.apps", "default", "kubia"};

Json make_deployment(int replicas) {
  Json object = test::make_rc("kubia", "kubia", replicas);
  object["apiVersion"] = "apps/v1";
  object["kind"] = "Deployment";
  object["spec"]["selector"] = {{"matchLabels", {{"app", "kubia"}}}};
  object["spec"]["strategy"] = {{"type", "RollingUpdate"},
                                {"rollingUpdate", {{"maxUnavailable", 1}, {"maxSurge", 1}}}};
  return object;
}

TEST(Deployment, SurgeAndUnavailability) {
  struct Row {
    int replicas;
    Json unavailable, surge;
    std::int64_t expected_unavailable, expected_surge;
  };
  const Row rows[] = {
      {10, "25%", "25%", 2, 3},    {3, "25%", "25%", 0, 1}, {10, 1, 0, 1, 0},
      {3, "0%", "0%", 1, 0},       {2, 5, 1, 2, 1},         {0, "25%", "25%", 0, 0},
      {3, nullptr, nullptr, 0, 1},
  };
  for (const Row& row : rows) {
    Json object = make_deployment(row.replicas);
    object["spec"]["strategy"]["rollingUpdate"] = {{"maxUnavailable", row.unavailable},
                                                   {"maxSurge", row.surge}};
    EXPECT_EQ(max_unavailable(object), row.expected_unavailable) << object["spec"]["strategy"];
    EXPECT_EQ(max_surge(object), row.expected_surge) << object["spec"]["strategy"];
  }
}

TEST(Deployment, HashIsOfTheValueNotTheOrder) {
  const Json a = Json::parse(R"({"metadata":{"labels":{"x":"1"}},"spec":{"a":1,"b":2}})");
  const Json b = Json::parse(
      R"({"spec":{"b":2,"a":1},"metadata":{"labels":{"pod-template-hash":"z","x":"1"}}})");
  EXPECT_EQ(template_hash(a, 0), template_hash(b, 0));
  EXPECT_TRUE(same_template(a, b));
  EXPECT_NE(template_hash(a, 0), template_hash(a, 1));
  const std::string hash = template_hash(a, 0);
  EXPECT_EQ(hash.find_first_not_of("bcdfghjklmnpqrstvwxz2456789"), std::string::npos) << hash;
}

TEST(Deployment, RevisionsAndHistory) {
  Json set = {{"metadata", {{"annotations", {{kRevision, "1"}}}}}};
  Json deployment = {{"metadata", {{"annotations", {{"note", "n"}, {kRevision, "9"}}}}}};
  set = with_annotations(set, deployment, 3);
  EXPECT_EQ(annotation_of(set, kRevision), "3");
  EXPECT_EQ(annotation_of(set, kRevisionHistory), "1");
  EXPECT_EQ(annotation_of(set, "note"), "n");
  set = with_annotations(set, deployment, 5);
  EXPECT_EQ(annotation_of(set, kRevisionHistory), "1,3");
  EXPECT_EQ(with_annotations(set, deployment, 4), set);
}

Object make_set(const std::string& name, int replicas, int available, int most) {
  const Json json = {
      {"metadata", {{"name", name}, {"annotations", {{kMaxReplicas, std::to_string(most)}}}}},
      {"spec", {{"replicas", replicas}}},
      {"status", {{"replicas", replicas}, {"availableReplicas", available}}}};
  return {test::rs_key(name), 1, std::make_shared<const Json>(json), nullptr};
}

std::string show(ScaleSteps steps) {
  std::sort(steps.begin(), steps.end(),
            [](const auto& a, const auto& b) { return a.set.key < b.set.key; });
  std::string text;
  for (const ScaleStep& each : steps) {
    text += each.set.key.name + "=" + std::to_string(each.replicas) + " ";
  }
  return text;
}

TEST(Rollout, RollingSteps) {
  struct Row {
    const char* what;
    std::vector<Object> old;
    Object latest;
    const char* expected;
  };
  // 10 replicas, maxSurge 1, maxUnavailable 1.
  const Row rows[] = {
      {"the new one fills the surge", {make_set("a", 10, 10, 11)}, make_set("n", 0, 0, 11), "n=1 "},
      {"an old one is spared", {make_set("a", 10, 10, 11)}, make_set("n", 1, 0, 11), "a=9 "},
      {"none is spared", {make_set("a", 9, 9, 11)}, make_set("n", 2, 0, 11), ""},
      {"on it goes", {make_set("a", 9, 9, 11)}, make_set("n", 2, 1, 11), "a=8 "},
      {"unhealthy ones go first",
       {make_set("a", 5, 5, 11), make_set("b", 5, 3, 11)},
       make_set("n", 1, 1, 11),
       "b=3 "},
      {"the last one", {make_set("a", 1, 1, 11)}, make_set("n", 10, 10, 11), "a=0 "},
      {"done", {make_set("a", 0, 0, 11)}, make_set("n", 10, 10, 11), ""},
  };
  for (const Row& row : rows) {
    const ReplicaSets sets{row.latest, row.old};
    EXPECT_EQ(show(plan_rolling(make_deployment(10), sets)), row.expected) << row.what;
  }
}

TEST(Rollout, ScalesInProportion) {
  const ReplicaSets sets{make_set("n", 5, 0, 13), {make_set("a", 8, 8, 13)}};
  Json deployment = make_deployment(15);
  deployment["spec"]["strategy"]["rollingUpdate"] = {{"maxUnavailable", 2}, {"maxSurge", 3}};
  EXPECT_EQ(show(plan_scaling(deployment, sets)), "a=11 n=7 ") << "Kubernetes' documented example";
  deployment["spec"]["replicas"] = 0;
  EXPECT_EQ(show(plan_scaling(deployment, sets)), "a=0 n=0 ");
}

TEST(Rollout, ScalesTheOnlyOne) {
  const ReplicaSets sets{make_set("n", 5, 0, 6), {make_set("a", 0, 0, 6)}};
  EXPECT_EQ(show(plan_scaling(make_deployment(9), sets)), "n=9 ");
}

// ---- the controller

class DeploymentTest : public testing::Test {
 protected:
  DeploymentTest() { world.settle(); }

  void make(int replicas) {
    world.api.create("deployments.apps", "default", make_deployment(replicas));
  }
  void edit(const std::function<void(Json&)>& change) { world.api.edit(kKey, change); }
  void set_image(const std::string& image) {
    edit([&](Json& json) { json["spec"]["template"]["spec"]["containers"][0]["image"] = image; });
  }
  /// One pod after another becomes ready; returns the fewest available and the most pods there
  /// were.
  std::pair<std::size_t, std::size_t> roll() {
    std::size_t least = 1000, most = 0;
    for (int i = 0; i < 200; ++i) {
      world.settle();
      std::size_t ready = 0, all = 0;
      const Object* next = nullptr;
      const auto pods = active_of(world.api.list("pods"));
      for (const Object& pod : pods) {
        ++all;
        is_ready(*pod.json) ? ++ready : (next = &pod, 0);
      }
      least = std::min(least, ready);
      most = std::max(most, all);
      if (next == nullptr) break;
      world.api.edit(next->key, [&](Json& pod) { test::set_ready(pod, true, world.clock.wall()); });
    }
    return {least, most};
  }
  std::vector<Object> sets() const { return world.api.list("replicasets.apps"); }
  const Json& deployment() const { return world.api.json(kKey); }
  std::string condition(const char* type) const {
    const Json* found = condition_of(deployment(), type);
    return found == nullptr ? "" : text_at(*found, {"status"}) + " " + text_at(*found, {"reason"});
  }

  test::World world;
};

TEST_F(DeploymentTest, CreatesASetAndCompletes) {
  make(3);
  world.settle();
  ASSERT_EQ(sets().size(), 1U);
  const Json& set = *sets()[0].json;
  const std::string hash = text_at(set, {"metadata", "labels", kTemplateHashLabel});
  EXPECT_EQ(name_of(set), "kubia-" + hash);
  EXPECT_EQ(text_at(set, {"spec", "selector", "matchLabels", kTemplateHashLabel}), hash);
  EXPECT_EQ(world.api.list("pods").size(), 3U);
  EXPECT_EQ(world.api.events[0],
            "Normal ScalingReplicaSet Scaled up replica set kubia-" + hash + " from 0 to 3");
  EXPECT_EQ(annotation_of(deployment(), kRevision), "1");
  EXPECT_EQ(condition("Available"), "False MinimumReplicasUnavailable");
  roll();
  EXPECT_EQ(condition("Available"), "True MinimumReplicasAvailable");
  EXPECT_EQ(condition("Progressing"), "True NewReplicaSetAvailable");
  EXPECT_EQ(text_at(*condition_of(deployment(), "Progressing"), {"message"}),
            "ReplicaSet \"kubia-" + hash + "\" has successfully progressed.");
}

TEST_F(DeploymentTest, RollsWithinItsBounds) {
  make(4);
  roll();
  set_image("kubia:v2");
  const auto [least, most] = roll();
  EXPECT_GE(least, 3U);
  EXPECT_LE(most, 5U);
  EXPECT_EQ(world.api.list("pods").size(), 4U);
  for (const Object& pod : world.api.list("pods")) {
    EXPECT_EQ((*pod.json)["spec"]["containers"][0]["image"], "kubia:v2");
  }
  EXPECT_EQ(annotation_of(deployment(), kRevision), "2");
  EXPECT_EQ(condition("Progressing"), "True NewReplicaSetAvailable");
  EXPECT_EQ(sets().size(), 2U);
}

TEST_F(DeploymentTest, UndoTakesTheOldSetUpAgain) {
  make(2);
  roll();
  set_image("kubia:v2");
  roll();
  set_image("kubia");
  roll();
  EXPECT_EQ(sets().size(), 2U);
  EXPECT_EQ(annotation_of(deployment(), kRevision), "3");
  for (const Object& set : sets()) {
    if (replicas_of(*set.json) > 0) {
      EXPECT_EQ(annotation_of(*set.json, kRevisionHistory), "1");
    }
  }
}

TEST_F(DeploymentTest, RecreateWaitsForTheOldPods) {
  make(2);
  edit([](Json& json) { json["spec"]["strategy"] = {{"type", "Recreate"}}; });
  roll();
  for (const Object& pod : world.api.list("pods")) {
    world.api.edit(pod.key, [](Json& json) { json["spec"]["nodeName"] = "n"; });
  }
  set_image("kubia:v2");
  world.settle();
  EXPECT_EQ(world.api.list("pods").size(), 2U) << "both are ending, and no new one is there";
  for (const Object& pod : world.api.list("pods")) world.api.confirm_deletion(pod.key);
  roll();
  EXPECT_EQ(world.api.list("pods").size(), 2U);
  EXPECT_EQ(condition("Progressing"), "True NewReplicaSetAvailable");
}

TEST_F(DeploymentTest, PausedItScalesButDoesNotRoll) {
  make(2);
  roll();
  edit([](Json& json) { json["spec"]["paused"] = true; });
  set_image("kubia:v2");
  edit([](Json& json) { json["spec"]["replicas"] = 4; });
  roll();
  EXPECT_EQ(sets().size(), 1U);
  EXPECT_EQ(world.api.list("pods").size(), 4U);
  EXPECT_EQ(condition("Progressing"), "Unknown DeploymentPaused");
  edit([](Json& json) { json["spec"].erase("paused"); });
  roll();
  EXPECT_EQ(sets().size(), 2U);
  EXPECT_EQ(condition("Progressing"), "True NewReplicaSetAvailable");
}

TEST_F(DeploymentTest, TimesOut) {
  make(1);
  world.settle();
  world.clock.advance(Seconds(601));
  world.settle();
  EXPECT_EQ(condition("Progressing"), "False ProgressDeadlineExceeded");
}

TEST_F(DeploymentTest, ForgetsOldRevisions) {
  make(1);
  edit([](Json& json) { json["spec"]["revisionHistoryLimit"] = 2; });
  roll();
  for (int i = 2; i < 7; ++i) {
    set_image("kubia:v" + std::to_string(i));
    roll();
  }
  EXPECT_EQ(sets().size(), 3U);
}

TEST_F(DeploymentTest, ATakenNameMakesAnotherHash) {
  const Json template_of = make_deployment(1)["spec"]["template"];
  Json other = test::make_rs("kubia-" + template_hash(template_of, 0), "x", 0);
  world.api.create("replicasets.apps", "default", other);
  make(1);
  for (int i = 0; i < 5; ++i) {
    world.settle();
    world.clock.advance(Seconds(1));
  }
  EXPECT_EQ(number_at(deployment(), {"status", "collisionCount"}), 1);
  EXPECT_EQ(world.api.list("pods").size(), 1U);
}

TEST_F(DeploymentTest, IsQuietOnceItIsDone) {
  make(3);
  roll();
  set_image("kubia:v2");
  roll();
  world.api.writes = 0;
  for (int i = 0; i < 5; ++i) {
    world.clock.advance(Seconds(301));
    world.settle();
  }
  EXPECT_EQ(world.api.writes, 0);
}

/// As those of extensions/v1beta1 are by default.
TEST_F(DeploymentTest, WithoutADeadlineThereIsNoConditionOfProgress) {
  Json unhurried = make_deployment(2);
  unhurried["spec"]["progressDeadlineSeconds"] = std::numeric_limits<std::int32_t>::max();
  world.api.create("deployments.apps", "default", unhurried);
  roll();
  set_image("kubia:v2");
  roll();
  EXPECT_EQ(condition_of(deployment(), "Progressing"), nullptr);
  EXPECT_EQ(condition("Available"), "True MinimumReplicasAvailable");
  world.api.writes = 0;
  world.clock.advance(Seconds(301));
  world.settle();
  EXPECT_EQ(world.api.writes, 0);
}

}  // namespace
}  // namespace podrun::controllers
