#include <gtest/gtest.h>

#include "controllers_fake_api.h"
#include "supervisor/controllers/replica_controller.h"

namespace podrun::controllers {
namespace {

using test::make_pod;
using test::make_rc;
using test::pod_key;
using test::rc_key;

class ReplicaControllerTest : public testing::Test {
 protected:
  ReplicaControllerTest() : api(clock), controller(api, kReplicationController) {}

  void make(int replicas) {
    api.create("replicationcontrollers", "default", make_rc("kubia", "kubia", replicas));
  }
  NextLook sync() { return controller.sync(rc_key("kubia"), clock.wall()); }
  std::vector<store::Object> pods() const { return api.list("pods", "default"); }
  const Json& status() const { return api.json(rc_key("kubia"))["status"]; }

  FakeClock clock;
  test::FakeApi api;
  ReplicaController controller;
};

TEST_F(ReplicaControllerTest, CreatesWhatIsMissing) {
  make(3);
  sync();
  ASSERT_EQ(pods().size(), 3U);
  const store::Object pod = pods()[0];
  EXPECT_EQ(pod.key.name.rfind("kubia-", 0), 0U);
  EXPECT_EQ(pod.key.name.size(), 11U);
  EXPECT_EQ(controller_uid(*pod.json), uid_of(api.json(rc_key("kubia"))));
  EXPECT_TRUE(flag_at(*controller_ref(*pod.json), {"blockOwnerDeletion"}));
  EXPECT_EQ(api.events.size(), 3U);
  EXPECT_EQ(api.events[0].rfind("Normal SuccessfulCreate Created pod: kubia-", 0), 0U);
  EXPECT_EQ(status().dump(), R"({"replicas":3,"fullyLabeledReplicas":3,"observedGeneration":1})");
  const int writes = api.writes;
  sync();
  EXPECT_EQ(api.writes, writes) << "a second look has nothing to do";
}

TEST_F(ReplicaControllerTest, DeletesWhatIsTooMuch) {
  make(3);
  sync();
  api.edit(rc_key("kubia"), [](Json& json) { json["spec"]["replicas"] = 1; });
  api.events.clear();
  sync();
  EXPECT_EQ(pods().size(), 1U);
  ASSERT_EQ(api.events.size(), 2U);
  EXPECT_EQ(api.events[0].rfind("Normal SuccessfulDelete Deleted pod: kubia-", 0), 0U);
  EXPECT_EQ(status()["replicas"], 1);
  EXPECT_EQ(status()["observedGeneration"], 2);
}

TEST_F(ReplicaControllerTest, AdoptsAndReleases) {
  make(2);
  api.create("pods", "default", make_pod("orphan", "kubia"));
  sync();
  EXPECT_EQ(pods().size(), 2U);
  EXPECT_EQ(controller_uid(api.json(pod_key("orphan"))), uid_of(api.json(rc_key("kubia"))));
  api.edit(pod_key("orphan"), [](Json& json) { json["metadata"]["labels"]["app"] = "debug"; });
  sync();
  EXPECT_EQ(pods().size(), 3U);
  EXPECT_EQ(controller_ref(api.json(pod_key("orphan"))), nullptr);
}

TEST_F(ReplicaControllerTest, AFailureStopsAfterItsBatchAndIsTold) {
  make(10);
  int created = 0;
  api.before_write = [&](const std::string& verb, const store::ObjectKey& key) {
    if (verb == "create" && key.resource == "pods" && ++created > 1) {
      throw api::ApiError(500, "InternalError", "no space");
    }
  };
  EXPECT_THROW(sync(), api::ApiError);
  EXPECT_EQ(created, 3) << "batches of 1 and of 2";
  EXPECT_EQ(pods().size(), 1U);
  EXPECT_EQ(api.events.back(), "Warning FailedCreate Error creating: no space");
  EXPECT_EQ(condition_of(api.json(rc_key("kubia")), "ReplicaFailure")->at("reason"),
            "FailedCreate");
  EXPECT_EQ(status()["replicas"], 1);
  api.before_write = nullptr;
  sync();
  EXPECT_EQ(pods().size(), 10U);
  EXPECT_EQ(condition_of(api.json(rc_key("kubia")), "ReplicaFailure"), nullptr);
}

TEST_F(ReplicaControllerTest, LeavesAPodAloneThatChangedMeanwhile) {
  make(1);
  sync();
  const store::ObjectKey pod = pods()[0].key;
  api.edit(rc_key("kubia"), [](Json& json) { json["spec"]["replicas"] = 0; });
  api.before_write = [&](const std::string& verb, const store::ObjectKey&) {
    if (verb != "delete") return;
    api.edit(pod, [](Json& json) { json["metadata"]["labels"]["app"] = "debug"; });
  };
  api.events.clear();
  EXPECT_THROW(sync(), api::ApiError);
  EXPECT_NE(api.get(pod), nullptr);
  EXPECT_TRUE(api.events.empty()) << "a conflict is nobody's business";
  api.before_write = nullptr;
  sync();
  EXPECT_EQ(controller_ref(api.json(pod)), nullptr);
}

TEST_F(ReplicaControllerTest, CreatesNothingInANamespaceThatEnds) {
  api.create("namespaces", "", {{"metadata", {{"name", "default"}}}});
  make(3);
  api.remove({"namespaces", "", "default"}, {});
  sync();
  EXPECT_TRUE(pods().empty());
  EXPECT_TRUE(api.events.empty());
}

TEST_F(ReplicaControllerTest, LooksAgainWhenAPodBecomesAvailable) {
  make(1);
  api.edit(rc_key("kubia"), [](Json& json) { json["spec"]["minReadySeconds"] = 10; });
  sync();
  api.edit(pods()[0].key, [&](Json& json) { test::set_ready(json, true, clock.wall()); });
  EXPECT_EQ(sync(), clock.wall() + Seconds(10));
  EXPECT_FALSE(status().contains("availableReplicas"));
  clock.advance(Seconds(10));
  EXPECT_EQ(sync(), std::nullopt);
  EXPECT_EQ(status()["availableReplicas"], 1);
}

TEST_F(ReplicaControllerTest, GoesOnAfterABurst) {
  make(501);
  EXPECT_EQ(sync(), clock.wall());
  EXPECT_EQ(pods().size(), 500U);
  EXPECT_EQ(sync(), std::nullopt);
  EXPECT_EQ(pods().size(), 501U);
}

}  // namespace
}  // namespace podrun::controllers
