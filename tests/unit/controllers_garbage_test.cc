#include <gtest/gtest.h>

#include "supervisor/controllers/garbage.h"

namespace podrun::controllers {
namespace {

using Kind = GarbageStep::Kind;
constexpr auto kSolid = OwnerState::kSolid;
constexpr auto kAbsent = OwnerState::kAbsent;
constexpr auto kWaiting = OwnerState::kWaiting;

Json owned(std::size_t owners, std::vector<std::string> finalizers = {}, bool ending = false) {
  Json object = {{"metadata", {{"uid", "u"}}}};
  for (std::size_t i = 0; i < owners; ++i) {
    object["metadata"]["ownerReferences"].push_back(
        {{"uid", "o" + std::to_string(i)}, {"blockOwnerDeletion", true}});
  }
  if (!finalizers.empty()) object["metadata"]["finalizers"] = finalizers;
  if (ending) object["metadata"]["deletionTimestamp"] = "2026-11-23T10:00:00Z";
  return object;
}

TEST(Garbage, DecidesByOwners) {
  struct Row {
    const char* what;
    std::vector<OwnerState> owners;
    Dependents dependents;
    std::vector<std::string> finalizers;
    Kind kind;
    std::string policy;
    std::vector<std::string> uids;
    bool unblock;
  };
  const Row rows[] = {
      {"no owner", {}, {}, {}, Kind::kKeep, "", {}, false},
      {"solid", {kSolid}, {}, {}, Kind::kKeep, "", {}, false},
      {"gone", {kAbsent}, {}, {}, Kind::kDelete, "Background", {}, false},
      {"all gone", {kAbsent, kAbsent}, {}, {}, Kind::kDelete, "Background", {}, false},
      {"one left", {kAbsent, kSolid}, {}, {}, Kind::kDropOwners, "", {"o0"}, false},
      {"one left, one waits", {kSolid, kWaiting}, {}, {}, Kind::kDropOwners, "", {"o1"}, false},
      {"waits", {kWaiting}, {}, {}, Kind::kDelete, "Background", {}, false},
      {"waits, with dependents",
       {kWaiting},
       {true, true, false},
       {},
       Kind::kDelete,
       "Foreground",
       {},
       false},
      {"in a circle", {kWaiting}, {true, true, true}, {}, Kind::kDelete, "Foreground", {}, true},
      {"keeps its own policy", {kAbsent}, {}, {"orphan"}, Kind::kDelete, "Orphan", {}, false},
      {"the other one",
       {kAbsent},
       {},
       {"foregroundDeletion"},
       Kind::kDelete,
       "Foreground",
       {},
       false},
  };
  for (const Row& row : rows) {
    const GarbageStep step =
        decide_garbage(owned(row.owners.size(), row.finalizers), row.owners, row.dependents);
    EXPECT_EQ(step.kind, row.kind) << row.what;
    EXPECT_EQ(step.policy, row.policy) << row.what;
    EXPECT_EQ(step.uids, row.uids) << row.what;
    EXPECT_EQ(step.unblock, row.unblock) << row.what;
  }
}

TEST(Garbage, DecidesWhatEnds) {
  const auto kind = [](std::vector<std::string> finalizers, const Dependents& dependents) {
    return decide_garbage(owned(1, std::move(finalizers), true), {kAbsent}, dependents).kind;
  };
  EXPECT_EQ(kind({}, {true, true, false}), Kind::kKeep);
  EXPECT_EQ(kind({"x"}, {}), Kind::kKeep);
  EXPECT_EQ(kind({"orphan"}, {true, true, false}), Kind::kOrphan);
  EXPECT_EQ(kind({"orphan"}, {}), Kind::kOrphan);
  EXPECT_EQ(kind({"foregroundDeletion"}, {true, true, false}), Kind::kAwaitDependents);
  EXPECT_EQ(kind({"foregroundDeletion"}, {true, false, false}), Kind::kFinishForeground);
  EXPECT_EQ(kind({"foregroundDeletion"}, {}), Kind::kFinishForeground);
}

TEST(Garbage, Blocking) {
  EXPECT_TRUE(blocks_deletion(owned(2), "o1"));
  EXPECT_FALSE(blocks_deletion(owned(2), "o2"));
  EXPECT_FALSE(blocks_deletion(without_blocking(owned(2)), "o1"));
}

}  // namespace
}  // namespace podrun::controllers
