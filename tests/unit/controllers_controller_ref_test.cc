#include <gtest/gtest.h>

#include "supervisor/controllers/controller_ref.h"

namespace podrun::controllers {
namespace {

Json owner() {
  return {{"kind", "ReplicationController"},
          {"metadata", {{"name", "kubia"}, {"namespace", "default"}, {"uid", "u1"}}},
          {"spec", {{"selector", {{"app", "kubia"}}}}}};
}

Json pod(const std::string& app, const std::string& owner_uid) {
  Json object = {{"metadata", {{"namespace", "default"}, {"labels", {{"app", app}}}}}};
  if (!owner_uid.empty()) {
    object["metadata"]["ownerReferences"] =
        Json::array({{{"uid", owner_uid}, {"name", "kubia"}, {"controller", true}}});
  }
  return object;
}

TEST(ControllerRef, DecidesClaims) {
  struct Row {
    const char* what;
    const char* app;
    const char* owner_uid;
    bool owner_ends, pod_ends;
    Claim expected;
  };
  const Row rows[] = {
      {"orphan that matches", "kubia", "", false, false, Claim::kAdopt},
      {"orphan that does not", "other", "", false, false, Claim::kIgnore},
      {"orphan that ends", "kubia", "", false, true, Claim::kIgnore},
      {"orphan while we end", "kubia", "", true, false, Claim::kIgnore},
      {"ours", "kubia", "u1", false, false, Claim::kOwned},
      {"ours that ends", "kubia", "u1", false, true, Claim::kOwned},
      {"ours while we end", "kubia", "u1", true, false, Claim::kOwned},
      {"ours that stopped matching", "other", "u1", false, false, Claim::kRelease},
      {"the same while we end", "other", "u1", true, false, Claim::kIgnore},
      {"another's, whatever its name", "kubia", "u2", false, false, Claim::kIgnore},
      {"another's that does not match", "other", "u2", false, false, Claim::kIgnore},
  };
  for (const Row& row : rows) {
    Json controller = owner();
    if (row.owner_ends) controller["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    Json object = pod(row.app, row.owner_uid);
    if (row.pod_ends) object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    EXPECT_EQ(decide_claim(controller, Selector::of(controller), object), row.expected) << row.what;
  }
}

TEST(ControllerRef, TakesNothingOfAnotherNamespace) {
  Json object = pod("kubia", "");
  object["metadata"]["namespace"] = "other";
  EXPECT_EQ(decide_claim(owner(), Selector::of(owner()), object), Claim::kIgnore);
}

TEST(ControllerRef, SetsAndDropsReferences) {
  const Json reference = make_controller_ref(owner(), "v1", "ReplicationController");
  EXPECT_EQ(reference.dump(),
            R"({"apiVersion":"v1","kind":"ReplicationController","name":"kubia","uid":"u1",)"
            R"("controller":true,"blockOwnerDeletion":true})");
  Json object = pod("kubia", "");
  object["metadata"]["ownerReferences"] =
      Json::array({{{"uid", "u0"}, {"kind", "Other"}}, {{"uid", "u1"}, {"kind", "Stale"}}});
  const Json owned = with_owner(object, reference);
  EXPECT_EQ(owned["metadata"]["ownerReferences"].size(), 2U);
  EXPECT_EQ(controller_uid(owned), "u1");
  const Json released = without_owners(owned, {"u1"});
  EXPECT_EQ(released["metadata"]["ownerReferences"].size(), 1U);
  EXPECT_EQ(controller_ref(released), nullptr);
  EXPECT_FALSE(without_owners(released, {"u0"})["metadata"].contains("ownerReferences"));
}

}  // namespace
}  // namespace podrun::controllers
