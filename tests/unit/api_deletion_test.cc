#include <gtest/gtest.h>

#include "supervisor/api/deletion.h"

namespace podrun::api {
namespace {

using store::Json;
using Kind = Deletion::Kind;

class DeletionTest : public testing::Test {
 protected:
  Deletion decide(const std::string& resource, const Json& object,
                  const DeleteOptions& options = {}) {
    return decide_deletion(resource, object, options, clock_.wall());
  }
  static Json config_map() {
    return {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "c"}}}};
  }
  static Json pod(const std::string& node = "here") {
    Json pod{{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"generation", 1}, {"name", "p"}}},
             {"spec", {{"terminationGracePeriodSeconds", 20}}},
             {"status", {{"phase", "Running"}}}};
    if (!node.empty()) pod["spec"]["nodeName"] = node;
    return pod;
  }
  std::string after(int seconds) { return rfc3339(clock_.wall() + std::chrono::seconds(seconds)); }
  static DeleteOptions grace(std::int64_t seconds) { return {.grace_period_seconds = seconds}; }
  static DeleteOptions policy(const std::string& name) { return {.propagation_policy = name}; }

  FakeClock clock_;
};

TEST_F(DeletionTest, WhatNothingHoldsIsGone) {
  EXPECT_EQ(decide("configmaps", config_map()).kind, Kind::kRemove);
  EXPECT_EQ(decide("configmaps", config_map(), grace(30)).kind, Kind::kRemove);
}

TEST_F(DeletionTest, FinalizersHold) {
  Json object = config_map();
  object["metadata"]["finalizers"] = {"example.com/keep"};
  const Deletion first = decide("configmaps", object);
  ASSERT_EQ(first.kind, Kind::kMark);
  const Json& meta = first.object.at("metadata");
  EXPECT_EQ(meta.at("deletionTimestamp"), after(0));
  EXPECT_EQ(meta.at("deletionGracePeriodSeconds"), 0);
  EXPECT_FALSE(meta.contains("generation")) << "a ConfigMap counts none";
  EXPECT_EQ(decide("configmaps", first.object).kind, Kind::kUnchanged);

  EXPECT_FALSE(is_ready_to_go("configmaps", first.object));
  Json released = first.object;
  released["metadata"].erase("finalizers");
  EXPECT_TRUE(is_ready_to_go("configmaps", released));
  EXPECT_FALSE(is_ready_to_go("configmaps", config_map()));
}

TEST_F(DeletionTest, PodsHaveTime) {
  const Deletion first = decide("pods", pod());
  ASSERT_EQ(first.kind, Kind::kMark);
  EXPECT_EQ(first.object["metadata"]["deletionTimestamp"], after(20));
  EXPECT_EQ(first.object["metadata"]["deletionGracePeriodSeconds"], 20);
  EXPECT_EQ(first.object["metadata"]["generation"], 2);
  EXPECT_FALSE(is_ready_to_go("pods", first.object));

  clock_.advance(std::chrono::seconds(5));
  EXPECT_EQ(decide("pods", first.object).kind, Kind::kUnchanged);
  EXPECT_EQ(decide("pods", first.object, grace(60)).kind, Kind::kUnchanged);
  // A shorter time runs from the first request.
  const Deletion sooner = decide("pods", first.object, grace(10));
  ASSERT_EQ(sooner.kind, Kind::kMark);
  EXPECT_EQ(sooner.object["metadata"]["deletionTimestamp"], after(5));
  EXPECT_EQ(sooner.object["metadata"]["generation"], 2);
  EXPECT_EQ(decide("pods", first.object, grace(0)).kind, Kind::kRemove);
}

TEST_F(DeletionTest, PodsThatDoNotRunAreGoneAtOnce) {
  EXPECT_EQ(decide("pods", pod("")).kind, Kind::kRemove) << "no node has it";
  Json done = pod();
  done["status"]["phase"] = "Succeeded";
  EXPECT_EQ(decide("pods", done).kind, Kind::kRemove);
  EXPECT_EQ(decide("pods", pod(), grace(0)).kind, Kind::kRemove);
  const Deletion negative = decide("pods", pod(), grace(-5));
  ASSERT_EQ(negative.kind, Kind::kMark);
  EXPECT_EQ(negative.object["metadata"]["deletionGracePeriodSeconds"], 1);
}

TEST_F(DeletionTest, PropagationPolicies) {
  const Deletion orphan = decide("replicasets.apps", config_map(), policy("Orphan"));
  ASSERT_EQ(orphan.kind, Kind::kMark);
  EXPECT_EQ(orphan.object["metadata"]["finalizers"], Json::array({"orphan"}));
  const Deletion foreground = decide("replicasets.apps", orphan.object, policy("Foreground"));
  ASSERT_EQ(foreground.kind, Kind::kMark);
  EXPECT_EQ(foreground.object["metadata"]["finalizers"], Json::array({"foregroundDeletion"}));
  EXPECT_EQ(decide("replicasets.apps", foreground.object).kind, Kind::kUnchanged);
  EXPECT_EQ(decide("replicasets.apps", foreground.object, policy("Background")).kind,
            Kind::kRemove);
  EXPECT_EQ(decide("replicasets.apps", config_map()).kind, Kind::kRemove);
  EXPECT_EQ(decide("replicationcontrollers", config_map()).kind, Kind::kMark)
      << "v1 orphans unless told otherwise";
  EXPECT_EQ(decide("jobs.batch", config_map()).object["metadata"]["finalizers"],
            Json::array({"orphan"}));
  EXPECT_EQ(decide("jobs.batch", config_map(), policy("Background")).kind, Kind::kRemove);
}

TEST_F(DeletionTest, NamespacesAreEmptiedFirst) {
  const Json space{{"apiVersion", "v1"},
                   {"kind", "Namespace"},
                   {"metadata", {{"name", "a"}}},
                   {"spec", {{"finalizers", {"kubernetes"}}}},
                   {"status", {{"phase", "Active"}}}};
  const Deletion first = decide("namespaces", space);
  ASSERT_EQ(first.kind, Kind::kMark);
  EXPECT_EQ(first.object["status"]["phase"], "Terminating");
  EXPECT_FALSE(is_ready_to_go("namespaces", first.object));
  Json empty = first.object;
  empty["spec"].erase("finalizers");
  EXPECT_TRUE(is_ready_to_go("namespaces", empty));
}

}  // namespace
}  // namespace podrun::api
