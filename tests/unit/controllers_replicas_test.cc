#include <gtest/gtest.h>

#include "controllers_fake_api.h"
#include "supervisor/controllers/replicas.h"

namespace podrun::controllers {
namespace {

const WallTime kNow = parse_rfc3339("2026-11-23T10:00:00Z");

Json controller(int replicas) {
  Json object = test::make_rc("kubia", "kubia", replicas);
  object["metadata"]["namespace"] = "default";
  object["metadata"]["uid"] = "u1";
  object["metadata"]["generation"] = 3;
  return object;
}

store::Object pod(const std::string& name, bool owned = true, const char* app = "kubia") {
  Json json = test::make_pod(name, app);
  json["metadata"]["namespace"] = "default";
  json["metadata"]["uid"] = name;
  if (owned) {
    json = with_owner(json, make_controller_ref(controller(0), "v1", "ReplicationController"));
  }
  return {test::pod_key(name), 1, std::make_shared<const Json>(std::move(json)), nullptr};
}

store::Object changed(store::Object object, const std::function<void(Json&)>& change) {
  Json json = *object.json;
  change(json);
  object.json = std::make_shared<const Json>(std::move(json));
  return object;
}

TEST(Replicas, PlansCreationsAndDeletions) {
  EXPECT_EQ(plan_replicas(controller(3), {pod("a")}, {}, kNow).create, 2);
  const ReplicaPlan plan = plan_replicas(controller(1), {pod("a"), pod("b"), pod("c")}, {}, kNow);
  EXPECT_EQ(plan.create, 0);
  EXPECT_EQ(plan.remove.size(), 2U);
  const ReplicaPlan none = plan_replicas(controller(1), {pod("a")}, {}, kNow);
  EXPECT_EQ(none.create, 0);
  EXPECT_TRUE(none.remove.empty());
  EXPECT_FALSE(none.is_cut);
}

TEST(Replicas, AnAbsentCountIsOne) {
  Json object = controller(0);
  object["spec"].erase("replicas");
  EXPECT_EQ(plan_replicas(object, {}, {}, kNow).create, 1);
}

TEST(Replicas, OneLookIsBounded) {
  const ReplicaPlan plan = plan_replicas(controller(1200), {}, {}, kNow);
  EXPECT_EQ(plan.create, 500);
  EXPECT_TRUE(plan.is_cut);
}

TEST(Replicas, CountsActivePodsOnly) {
  const auto failed = changed(pod("a"), [](Json& json) { json["status"]["phase"] = "Failed"; });
  const auto ending = changed(
      pod("b"), [](Json& json) { json["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z"; });
  const ReplicaPlan plan = plan_replicas(controller(1), {failed, ending}, {}, kNow);
  EXPECT_EQ(plan.create, 1);
  EXPECT_TRUE(plan.owned.empty());
}

TEST(Replicas, AdoptedOnesCountAndReleasedOnesDoNot) {
  const ReplicaPlan plan =
      plan_replicas(controller(2), {pod("orphan", false), pod("leaver", true, "x")}, {}, kNow);
  ASSERT_EQ(plan.adopt.size(), 1U);
  ASSERT_EQ(plan.release.size(), 1U);
  EXPECT_EQ(plan.adopt[0].key.name, "orphan");
  EXPECT_EQ(plan.release[0].key.name, "leaver");
  EXPECT_EQ(plan.create, 1);
}

TEST(Replicas, NeverPlansToDeleteWhatItDoesNotOwn) {
  const auto foreign = changed(pod("foreign", false), [](Json& json) {
    json["metadata"]["ownerReferences"] = Json::array({{{"uid", "u2"}, {"controller", true}}});
  });
  const ReplicaPlan plan = plan_replicas(controller(0), {foreign}, {}, kNow);
  EXPECT_TRUE(plan.remove.empty());
}

TEST(Replicas, DoesNothingOnceItIsBeingDeleted) {
  Json object = controller(3);
  object["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z";
  const ReplicaPlan plan =
      plan_replicas(object, {pod("a"), pod("o", false), pod("x", true, "x")}, {}, kNow);
  EXPECT_EQ(plan.create, 0);
  EXPECT_TRUE(plan.adopt.empty());
  EXPECT_TRUE(plan.release.empty());
}

TEST(Replicas, CreatesNothingThatItWouldReleaseAtOnce) {
  Json object = controller(3);
  object["spec"]["template"]["metadata"]["labels"] = {{"app", "other"}};
  EXPECT_EQ(plan_replicas(object, {}, {}, kNow).create, 0);
}

TEST(Replicas, StartsSlowly) {
  EXPECT_EQ(slow_start_batches(0), (std::vector<std::int64_t>{}));
  EXPECT_EQ(slow_start_batches(10), (std::vector<std::int64_t>{1, 2, 4, 3}));
}

TEST(Replicas, MakesPodsFromTheTemplate) {
  Json object = controller(1);
  object["spec"]["template"]["metadata"]["annotations"] = {{"a", "b"}};
  object["spec"]["template"]["metadata"]["finalizers"] = {"x/y"};
  object["spec"]["template"]["metadata"]["name"] = "ignored";
  const Json made = pod_from_template(object, make_controller_ref(object, "v1", "Z"));
  EXPECT_EQ(made["metadata"]["generateName"], "kubia-");
  EXPECT_EQ(made["metadata"]["labels"], Json({{"app", "kubia"}}));
  EXPECT_EQ(made["metadata"]["annotations"], Json({{"a", "b"}}));
  EXPECT_EQ(made["metadata"]["finalizers"], Json::array({"x/y"}));
  EXPECT_FALSE(made["metadata"].contains("name"));
  EXPECT_EQ(controller_uid(made), "u1");
  EXPECT_EQ(made["spec"], object["spec"]["template"]["spec"]);
}

TEST(Replicas, StatusCounts) {
  Json object = controller(4);
  object["spec"]["minReadySeconds"] = 10;
  object["spec"]["template"]["metadata"]["labels"]["v"] = "2";
  const auto ready_for = [](store::Object of, int seconds) {
    return changed(std::move(of),
                   [&](Json& json) { test::set_ready(json, true, kNow - Seconds(seconds)); });
  };
  auto labelled = ready_for(pod("a"), 4);
  labelled = changed(labelled, [](Json& json) { json["metadata"]["labels"]["v"] = "2"; });
  const std::vector<store::Object> owned = {labelled, ready_for(pod("b"), 10), pod("c")};
  EXPECT_EQ(replica_status(object, owned, std::nullopt, kNow).dump(),
            R"({"replicas":3,"fullyLabeledReplicas":1,"readyReplicas":2,"availableReplicas":1,)"
            R"("observedGeneration":3})");
  EXPECT_EQ(next_available(object, owned, kNow), kNow + Seconds(6));
  EXPECT_EQ(next_available(object, owned, kNow + Seconds(6)), std::nullopt);
}

TEST(Replicas, StatusTellsOfFailure) {
  Json object = controller(1);
  object["status"]["conditions"] = Json::array({{{"type", "Other"}}});
  const Json failed =
      replica_status(object, {}, ReplicaFailure{"FailedCreate", "pods is forbidden"}, kNow);
  EXPECT_EQ(
      failed["conditions"][1].dump(),
      R"({"type":"ReplicaFailure","status":"True","lastTransitionTime":"2026-11-23T10:00:00Z",)"
      R"("reason":"FailedCreate","message":"pods is forbidden"})");
  object["status"] = failed;
  EXPECT_EQ(replica_status(object, {}, ReplicaFailure{"FailedCreate", "again"}, kNow + Seconds(9)),
            failed);
  const Json recovered = replica_status(object, {}, std::nullopt, kNow);
  EXPECT_EQ(recovered["conditions"].size(), 1U);
}

TEST(Replicas, RelatedLoadSpansTheSetsOfOneOwner) {
  Json deployment = {{"metadata", {{"name", "d"}, {"uid", "d1"}}}};
  const auto set = [&](const char* uid, const char* owner_uid) {
    Json json = controller(1);
    json["metadata"]["uid"] = uid;
    deployment["metadata"]["uid"] = owner_uid;
    json = with_owner(json, make_controller_ref(deployment, "apps/v1", "Deployment"));
    return store::Object{test::rs_key(uid), 1, std::make_shared<const Json>(json), nullptr};
  };
  const auto on = [](const char* node, const char* owner_uid) {
    return changed(pod("p", false), [&](Json& json) {
      json["spec"]["nodeName"] = node;
      json["metadata"]["ownerReferences"] =
          Json::array({{{"uid", owner_uid}, {"controller", true}}});
    });
  };
  const std::vector<store::Object> sets = {set("new", "d1"), set("old", "d1"), set("other", "d2")};
  const NodeLoad load =
      related_load(*sets[0].json, sets, {on("n1", "new"), on("n1", "old"), on("n2", "other")});
  EXPECT_EQ(load, (NodeLoad{{"n1", 2}}));
}

}  // namespace
}  // namespace podrun::controllers
