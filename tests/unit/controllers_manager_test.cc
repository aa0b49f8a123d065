#include <gtest/gtest.h>

#include "controllers_world.h"
#include "supervisor/controllers/manager.h"

namespace podrun::controllers {
namespace {

using test::make_pod;
using test::make_rc;
using test::make_rs;
using test::pod_key;
using test::rc_key;
using test::rs_key;

class ManagerTest : public testing::Test {
 protected:
  ManagerTest() { world.settle(); }

  std::size_t pods(const std::string& space = "default") {
    return world.api.list("pods", space).size();
  }
  void make_kubia(int replicas) {
    world.api.create("replicationcontrollers", "default", make_rc("kubia", "kubia", replicas));
    world.settle();
  }
  void remove(const store::ObjectKey& key, const std::string& policy) {
    api::DeleteOptions options;
    options.propagation_policy = policy;
    world.api.remove(key, options);
  }

  test::World world;
};

TEST_F(ManagerTest, DefaultNamespacesHaveAnAccount) {
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
    ASSERT_NE(world.api.get({"namespaces", "", name}), nullptr) << name;
    EXPECT_NE(world.api.get({"serviceaccounts", name, "default"}), nullptr) << name;
  }
  world.api.remove({"serviceaccounts", "default", "default"}, {});
  world.settle();
  EXPECT_NE(world.api.get({"serviceaccounts", "default", "default"}), nullptr);
}

TEST_F(ManagerTest, NamespacesHaveTheCertificate) {
  const store::ObjectKey key{"configmaps", "default", "kube-root-ca.crt"};
  const Json right{{"ca.crt", "certificate"}};
  ASSERT_NE(world.api.get(key), nullptr);
  EXPECT_EQ(world.api.json(key)["data"], right);
  world.api.edit(key, [](Json& map) { map["data"]["ca.crt"] = "another"; });
  world.settle();
  EXPECT_EQ(world.api.json(key)["data"], right);
  world.api.remove(key, {});
  world.settle();
  EXPECT_NE(world.api.get(key), nullptr);
  world.api.remove({"namespaces", "", "kube-public"}, {});
  world.settle();
  EXPECT_EQ(world.api.get({"namespaces", "", "kube-public"}), nullptr);
}

TEST_F(ManagerTest, ReplacesADeletedPod) {
  make_kubia(3);
  ASSERT_EQ(pods(), 3U);
  const store::ObjectKey gone = world.api.list("pods")[0].key;
  world.api.remove(gone, {});
  world.settle();
  EXPECT_EQ(pods(), 3U);
  EXPECT_EQ(world.api.get(gone), nullptr);
}

TEST_F(ManagerTest, ReplacesAPodThatEndsBeforeItIsGone) {
  make_kubia(1);
  const store::ObjectKey ending = world.api.list("pods")[0].key;
  world.api.edit(ending, [](Json& pod) { pod["spec"]["nodeName"] = "n1"; });
  world.api.remove(ending, {});
  world.settle();
  EXPECT_EQ(pods(), 2U);
  world.api.confirm_deletion(ending);
  world.settle();
  EXPECT_EQ(pods(), 1U);
}

TEST_F(ManagerTest, ReleasesAndAdoptsByLabels) {
  make_kubia(2);
  const store::ObjectKey pod = world.api.list("pods")[0].key;
  world.api.edit(pod, [](Json& json) { json["metadata"]["labels"]["app"] = "debug"; });
  world.settle();
  EXPECT_EQ(pods(), 3U);
  EXPECT_EQ(controller_ref(world.api.json(pod)), nullptr);
  world.api.edit(pod, [](Json& json) { json["metadata"]["labels"]["app"] = "kubia"; });
  world.settle();
  EXPECT_EQ(pods(), 2U);
}

TEST_F(ManagerTest, BackgroundDeletionTakesThePods) {
  make_kubia(3);
  remove(rc_key("kubia"), "Background");
  EXPECT_EQ(world.api.get(rc_key("kubia")), nullptr);
  world.settle();
  EXPECT_EQ(pods(), 0U);
}

TEST_F(ManagerTest, ForegroundDeletionWaitsForThePods) {
  make_kubia(2);
  const store::ObjectKey slow = world.api.list("pods")[0].key;
  world.api.edit(slow, [](Json& pod) { pod["spec"]["nodeName"] = "n1"; });
  remove(rc_key("kubia"), "Foreground");
  world.settle();
  EXPECT_EQ(pods(), 1U);
  EXPECT_NE(world.api.get(rc_key("kubia")), nullptr);
  world.api.confirm_deletion(slow);
  world.settle();
  EXPECT_EQ(world.api.get(rc_key("kubia")), nullptr);
}

TEST_F(ManagerTest, OrphaningLeavesThePodsToAnotherOne) {
  make_kubia(3);
  remove(rc_key("kubia"), "Orphan");
  world.settle();
  EXPECT_EQ(world.api.get(rc_key("kubia")), nullptr);
  ASSERT_EQ(pods(), 3U);
  for (const store::Object& pod : world.api.list("pods")) {
    EXPECT_EQ(controller_ref(*pod.json), nullptr);
  }
  const std::string before = world.api.list("pods")[0].key.name;
  world.api.create("replicasets.apps", "default", make_rs("other", "kubia", 3));
  world.settle();
  EXPECT_EQ(pods(), 3U);
  EXPECT_EQ(world.api.list("pods")[0].key.name, before);
  EXPECT_EQ(text_at(*controller_ref(*world.api.list("pods")[0].json), {"kind"}), "ReplicaSet");
}

TEST_F(ManagerTest, AnOwnerThatNeverWasIsAbsent) {
  Json pod = make_pod("p", "x");
  pod["metadata"]["ownerReferences"] = Json::array(
      {{{"apiVersion", "v1"}, {"kind", "ReplicationController"}, {"name", "r"}, {"uid", "no"}}});
  world.api.create("pods", "default", pod);
  pod["metadata"]["name"] = "q";
  pod["metadata"]["ownerReferences"][0]["kind"] = "Unknown";
  world.api.create("pods", "default", pod);
  world.settle();
  EXPECT_EQ(world.api.get(pod_key("p")), nullptr);
  EXPECT_NE(world.api.get(pod_key("q")), nullptr) << "an owner of an unknown kind may be there";
}

TEST_F(ManagerTest, ANamespaceIsEmptiedAndThenGone) {
  world.api.create("namespaces", "", {{"metadata", {{"name", "foo"}}}});
  world.api.create("replicationcontrollers", "foo", make_rc("kubia", "kubia", 2));
  world.settle();
  ASSERT_EQ(pods("foo"), 2U);
  const store::ObjectKey slow = world.api.list("pods", "foo")[0].key;
  world.api.edit(slow, [](Json& pod) { pod["spec"]["nodeName"] = "n1"; });
  world.api.remove({"namespaces", "", "foo"}, {});
  world.settle();
  const Json& space = world.api.json({"namespaces", "", "foo"});
  EXPECT_EQ(condition_of(space, "NamespaceContentRemaining")->at("message"),
            "Some resources are remaining: pods. has 1 resource instances");
  EXPECT_EQ(condition_of(space, "NamespaceFinalizersRemaining")->at("status"), "False");
  world.api.confirm_deletion(slow);
  world.settle();
  EXPECT_EQ(world.api.get({"namespaces", "", "foo"}), nullptr);
  EXPECT_TRUE(world.api.list("serviceaccounts", "foo").empty());
}

TEST_F(ManagerTest, ResyncRepairsWhatNobodyTold) {
  make_kubia(2);
  world.api.remove(world.api.list("pods")[0].key, {});
  world.api.changes.clear();  // lost
  world.settle();
  EXPECT_EQ(pods(), 1U);
  world.clock.advance(Seconds(300));
  world.settle();
  EXPECT_EQ(pods(), 2U);
}

TEST_F(ManagerTest, FailuresBackOff) {
  int attempts = 0;
  world.api.before_write = [&](const std::string& verb, const store::ObjectKey& key) {
    if (verb != "create" || key.resource != "pods") return;
    ++attempts;
    throw api::ApiError(500, "InternalError", "no space");
  };
  make_kubia(1);
  // The condition ReplicaFailure is a change of the controller, and makes it look once more at
  // once.
  EXPECT_EQ(attempts, 2);
  for (int wait : {10, 20, 40, 80}) {
    const Nanoseconds left = *world.manager->next_deadline() - world.clock.now();
    EXPECT_EQ(left, std::chrono::milliseconds(wait));
    world.clock.advance(left);
    world.settle();
  }
  EXPECT_EQ(attempts, 6);
  EXPECT_FALSE(world.failures.empty());
}

TEST_F(ManagerTest, OneRunIsBounded) {
  for (int i = 0; i < 100; ++i) {
    world.api.create("replicationcontrollers", "default",
                     make_rc("rc-" + std::to_string(i), "app-" + std::to_string(i), 1));
  }
  world.deliver();
  world.manager->run_once(world.clock.now());
  EXPECT_LE(pods(), 64U);
  EXPECT_LE(*world.manager->next_deadline(), world.clock.now());
  world.settle();
  EXPECT_EQ(pods(), 100U);
}

TEST_F(ManagerTest, AnOddObjectEndsNothing) {
  Json odd = make_rc("odd", "odd", 1);
  odd["spec"]["template"] = "text";
  odd["status"] = 5;
  world.api.create("replicationcontrollers", "default", odd);
  world.settle();
  make_kubia(1);
  EXPECT_EQ(pods(), 1U);
}

}  // namespace
}  // namespace podrun::controllers
