// Who is told of a write, when, and what is told later from the history.
#include "store_fixture.h"

namespace podrun::store {
namespace {

using Texts = std::vector<std::string>;

class StoreWatchTest : public StoreTest {
 protected:
  Store::Subscription listen(Texts& heard, const std::string& prefix = "") {
    return store().subscribe(
        [&heard, prefix](const Change& change) { heard.push_back(prefix + to_text(change)); });
  }
  Texts since(std::int64_t revision, const std::string& resource = "configmaps") {
    const auto changes = store().changes_since(resource, revision);
    return changes ? to_texts(*changes) : Texts{"gone"};
  }
};

TEST_F(StoreWatchTest, NobodyHearsBeforeTheCommit) {
  Texts heard;
  const auto subscription = listen(heard);
  create("a", "1");
  update("a", "2");
  create("b", "1");
  store().remove(key_of("a"));
  EXPECT_TRUE(store().has_uncommitted());
  EXPECT_TRUE(heard.empty());
  EXPECT_TRUE(since(1).empty()) << "the history has committed changes only";
  store().commit();
  EXPECT_FALSE(store().has_uncommitted());
  const Texts all{"added a=1", "modified a=2 was 1", "added b=1", "deleted a=2 was 2"};
  EXPECT_EQ(heard, all);
  EXPECT_EQ(since(1), all);
  store().commit();
  EXPECT_EQ(heard, all);
}

TEST_F(StoreWatchTest, SubscribersHearEachChangeInOrderOfSubscription) {
  Texts heard;
  auto first = listen(heard, "1 ");
  const auto second = listen(heard, "2 ");
  create("a", "1");
  create("b", "1");
  store().commit();
  EXPECT_EQ(heard, (Texts{"1 added a=1", "2 added a=1", "1 added b=1", "2 added b=1"}));
  heard.clear();
  first.reset();
  update("a", "2");
  store().commit();
  EXPECT_EQ(heard, Texts{"2 modified a=2 was 1"});
}

TEST_F(StoreWatchTest, ACallbackMayWrite) {
  Texts heard;
  const auto writer = store().subscribe([this](const Change& change) {
    if (change.kind == ChangeKind::kAdded && change.object.key.name == "a") create("b", "1");
  });
  const auto subscription = listen(heard);
  create("a", "1");
  store().commit();
  EXPECT_EQ(heard, Texts{"added a=1"});
  EXPECT_TRUE(store().has_uncommitted());
  store().commit();
  EXPECT_EQ(heard, (Texts{"added a=1", "added b=1"}));
}

TEST_F(StoreWatchTest, ACallbackMayCommitAndOrderIsKept) {
  Texts heard;
  const auto writer = store().subscribe([this](const Change& change) {
    if (change.object.key.name != "a") return;
    create("c", "1");
    store().commit();
  });
  const auto subscription = listen(heard);
  create("a", "1");
  create("b", "1");
  store().commit();
  EXPECT_EQ(heard, (Texts{"added a=1", "added b=1", "added c=1"}));
  EXPECT_FALSE(store().has_uncommitted());
}

TEST_F(StoreWatchTest, ACallbackMayEndItselfAndOthers) {
  Texts heard;
  Store::Subscription self, other;
  self = store().subscribe([&](const Change& change) {
    heard.push_back("self " + to_text(change));
    self.reset();
    other.reset();
  });
  other = listen(heard, "other ");
  create("a", "1");
  create("b", "1");
  store().commit();
  EXPECT_EQ(heard, Texts{"self added a=1"});
}

TEST_F(StoreWatchTest, ACallbackMaySubscribe) {
  Texts heard;
  std::vector<Store::Subscription> more;
  const auto subscription = store().subscribe([&](const Change&) {
    for (int i = 0; i < 100 && more.size() < 100; ++i) more.push_back(listen(heard));
  });
  create("a", "1");
  create("b", "1");
  store().commit();
  EXPECT_EQ(heard.size(), 200u);
}

TEST_F(StoreWatchTest, ASubscriptionMayOutliveTheStore) {
  Texts heard;
  auto subscription = listen(heard);
  store_.reset();
  subscription.reset();
}

TEST_F(StoreWatchTest, TheHistoryIsOfOneResource) {
  create("a", "1");
  store().create({"pods", "default", "p"}, config_map("p", "1"));
  update("a", "2");
  store().commit();
  EXPECT_EQ(since(1), (Texts{"added a=1", "modified a=2 was 1"}));
  EXPECT_EQ(since(2), Texts{"modified a=2 was 1"});
  EXPECT_EQ(since(4), Texts{});
  EXPECT_EQ(since(99), Texts{}) << "not there yet";
  EXPECT_EQ(since(2, "pods"), Texts{"added p=1"});
  EXPECT_EQ(since(3, "pods"), Texts{});
  EXPECT_EQ(since(1, "secrets"), Texts{});
}

TEST_F(StoreWatchTest, TheHistorySurvivesARestart) {
  create("a", "1");
  update("a", "2");
  store().remove(key_of("a"));
  create("a", "3");
  store().commit();
  reopen();
  EXPECT_EQ(since(1), (Texts{"added a=1", "modified a=2 was 1", "deleted a=2 was 2", "added a=3"}));
  EXPECT_EQ(since(4), Texts{"added a=3"});
  const std::vector<Change> changes = *store().changes_since("configmaps", 1);
  EXPECT_EQ(changes[2].object.revision, 4);
  EXPECT_EQ(changes[2].previous->revision, 3);
  EXPECT_EQ(changes[2].object.json->at("metadata").at("resourceVersion"), "4");
  EXPECT_EQ(changes[2].previous->json->at("metadata").at("resourceVersion"), "3");
}

TEST_F(StoreWatchTest, KeepsAsMuchHistoryAsItWasTold) {
  reopen({.history = 3});
  for (const char* each : {"x", "y", "a"}) create(each, "0");
  for (int i = 1; i <= 300; ++i) {
    update("a", std::to_string(i));
    store().commit();
    const std::int64_t now = store().revision();
    ASSERT_EQ(since(now - 3).size(), 3u);
    ASSERT_EQ(since(now - 4), Texts{"gone"});
  }
  const std::int64_t now = store().revision();
  EXPECT_EQ(since(now - 3),
            (Texts{"modified a=298 was 297", "modified a=299 was 298", "modified a=300 was 299"}));
  EXPECT_EQ(since(0), Texts{"gone"});
  reopen({.history = 3});
  EXPECT_EQ(since(now - 3).size(), 3u);
  EXPECT_EQ(since(now - 4), Texts{"gone"});
}

// What replaced versions in the history is compacted and what is current stays, however old.
TEST_F(StoreWatchTest, CompactionKeepsOldObjectsAndTheirFirstChange) {
  reopen({.history = 100});
  for (int i = 0; i < 50; ++i) create("old" + std::to_string(i), "1");
  create("busy", "0");
  for (int i = 1; i <= 2000; ++i) {
    if (i % 7 == 0) {
      store().remove(key_of("busy"));
      create("busy", std::to_string(i));
    } else {
      update("busy", std::to_string(i));
    }
    if (i % 20 == 0) store().commit();
  }
  reopen({.history = 100});
  EXPECT_EQ(content(store()).size(), 51u);
  EXPECT_EQ(since(2), Texts{"gone"});
  const std::int64_t before = store().revision();
  update("old7", "2");
  store().remove(key_of("old8"));
  store().commit();
  reopen({.history = 100});
  EXPECT_EQ(since(before), (Texts{"modified old7=2 was 1", "deleted old8=1 was 1"}));
  EXPECT_EQ(store().changes_since("configmaps", store().revision() - 100)->size(), 100u);
}

}  // namespace
}  // namespace podrun::store
