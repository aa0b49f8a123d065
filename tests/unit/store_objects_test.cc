// Objects: what a write does, what it refuses, the order of lists, what a restart keeps.
#include "store_fixture.h"

namespace podrun::store {
namespace {

using Texts = std::vector<std::string>;

TEST_F(StoreTest, IsEmptyAtFirstAndCountsFromOne) {
  EXPECT_EQ(store().revision(), 1);
  EXPECT_EQ(store().find(key_of("a")), nullptr);
  EXPECT_TRUE(store().list("configmaps").empty());
  EXPECT_FALSE(store().has_uncommitted());
}

TEST_F(StoreTest, SetsTheResourceVersionAndDumpsTheText) {
  const Object made = create("a", "1");
  EXPECT_EQ(made.revision, 2);
  EXPECT_EQ(made.json->at("metadata").at("resourceVersion"), "2");
  EXPECT_EQ(*made.text, made.json->dump());
  EXPECT_EQ(
      *made.text,
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"2"},)"
      R"("data":{"key":"1"}})");
  const Object changed = update("a", "2");
  EXPECT_EQ(changed.revision, 3);
  EXPECT_EQ(changed.json->at("metadata").at("resourceVersion"), "3");
  EXPECT_EQ(value_of(*store().find(key_of("a"))), "2");
  EXPECT_EQ(value_of(made), "1") << "versions are immutable";
}

TEST_F(StoreTest, ADeletionHasItsOwnRevisionAndTheLastState) {
  create("a", "1");
  const Object gone = store().remove(key_of("a"));
  EXPECT_EQ(gone.revision, 3);
  EXPECT_EQ(gone.json->at("metadata").at("resourceVersion"), "3");
  EXPECT_EQ(value_of(gone), "1");
  EXPECT_EQ(store().find(key_of("a")), nullptr);
  EXPECT_EQ(create("a", "2").revision, 4);
}

TEST_F(StoreTest, RefusesWhatIsThereAndWhatIsNot) {
  create("a", "1");
  EXPECT_EQ(error_of<AlreadyExists>([&] { create("a", "2"); }),
            "configmaps \"default/a\" already exists");
  EXPECT_EQ(error_of<NotFound>([&] { update("b", "2"); }), "configmaps \"default/b\" not found");
  EXPECT_EQ(error_of<NotFound>([&] { store().remove(key_of("b")); }),
            "configmaps \"default/b\" not found");
  EXPECT_EQ(store().revision(), 2) << "a refused write takes no revision";
  EXPECT_EQ(content(store()), Texts{"a=1"});
}

TEST_F(StoreTest, KeepsOnlyTheTextsOfWhatIsSeldomLookedAt) {
  reopen({.text_only = {"configmaps"}});
  create("a", "1");
  const std::string* written = store().find(key_of("a"))->text.get();
  store().commit();
  EXPECT_NE(store().find(key_of("a"))->text.get(), written)
      << "the version that has a tree is gone";
  const Object held = update("a", "2");
  store().commit();
  EXPECT_EQ(store().find(key_of("a"))->text, held.text)
      << "one that is held is no second time there";
  EXPECT_EQ(content(store()), Texts{"a=2"});
  update("a", "3");
  store().remove(key_of("a"));
  store().commit();
  EXPECT_EQ(store().find(key_of("a")), nullptr);
}

TEST_F(StoreTest, ComparesRevisions) {
  create("a", "1");
  EXPECT_EQ(error_of<Conflict>([&] { store().update(key_of("a"), config_map("a", "2"), 7); }),
            "configmaps \"default/a\" is at revision 2, not 7");
  EXPECT_EQ(error_of<Conflict>([&] { store().remove(key_of("a"), 1); }),
            "configmaps \"default/a\" is at revision 2, not 1");
  EXPECT_EQ(store().update(key_of("a"), config_map("a", "2"), 2).revision, 3);
  EXPECT_EQ(store().remove(key_of("a"), 3).revision, 4);
}

TEST_F(StoreTest, RefusesWhatIsNoObject) {
  EXPECT_NE(error_of<Error>([&] { store().create(key_of("a"), Json::array()); }).find("object"),
            std::string::npos);
  EXPECT_NE(error_of<Error>([&] {
              store().create(key_of("a"), {{"metadata", 1}});
            }).find("object"),
            std::string::npos);
  EXPECT_EQ(store().revision(), 1);
  EXPECT_FALSE(store().has_uncommitted());
}

TEST_F(StoreTest, StoresWhatIsNotUtf8AsItIsShown) {
  const Object made = create("a", "bad \xff byte");
  EXPECT_EQ(value_of(made), "bad \xEF\xBF\xBD byte");
  store().commit();
  reopen();
  EXPECT_EQ(value_of(*store().find(key_of("a"))), "bad \xEF\xBF\xBD byte");
}

TEST_F(StoreTest, ListsInOrderOfNamespaceAndName) {
  for (const char* each : {"b/z", "a/y", "b/a", "ab/x", "a/b"}) {
    const std::string text = each;
    const std::size_t slash = text.find('/');
    const std::string name = text.substr(slash + 1);
    store().create(key_of(name, text.substr(0, slash)), config_map(name, text.substr(0, slash)));
  }
  store().create({"configmaps2", "a", "other"}, config_map("other", ""));
  store().create({"config", "a", "other"}, config_map("other", ""));
  EXPECT_EQ(content(store()), (Texts{"b=a", "y=a", "x=ab", "a=b", "z=b"}));
  EXPECT_EQ(store().list("configmaps", "a").size(), 2u);
  EXPECT_EQ(store().list("configmaps", "ab").size(), 1u);
  EXPECT_EQ(store().list("configmaps", "c").size(), 0u);
  EXPECT_EQ(store().list("configmap").size(), 0u);
  store().create({"namespaces", "", "default"}, config_map("default", "ns"));
  EXPECT_EQ(content(store(), "namespaces"), Texts{"default=ns"});
}

TEST_F(StoreTest, KeepsWhatWasCommittedAndNothingElse) {
  const Object a = create("a", "1");
  create("b", "1");
  create("c", "1");
  update("b", "2");
  store().remove(key_of("c"));
  store().commit();
  create("d", "1");
  update("a", "lost");
  reopen();
  EXPECT_EQ(content(store()), (Texts{"a=1", "b=2"}));
  EXPECT_EQ(store().revision(), 6);
  const Object* read = store().find(key_of("a"));
  EXPECT_EQ(read->revision, 2);
  EXPECT_EQ(*read->text, *a.text);
  EXPECT_EQ(*read->json, *a.json);
}

TEST_F(StoreTest, RevisionsNeverGoBackAfterDeletions) {
  std::int64_t latest = 0;
  for (int round = 0; round < 5; ++round) {
    reopen({.history = 0});
    EXPECT_GE(store().revision(), latest);
    for (int i = 0; i < 300; ++i) {
      create("a", "1");
      latest = store().remove(key_of("a")).revision;
      if (i % 50 == 49) store().commit();
    }
  }
  reopen({.history = 0});
  EXPECT_EQ(store().revision(), latest);
  EXPECT_EQ(latest, 1 + 5 * 600);
  EXPECT_TRUE(store().list("configmaps").empty());
}

TEST_F(StoreTest, AnObjectsTreeIsReadFromItsTextWhenNeeded) {
  const LazyJson lazy = LazyJson::of_text(R"({"a":1})");
  EXPECT_EQ(lazy->at("a"), 1);
  EXPECT_EQ(*lazy.text(), R"({"a":1})");
  const LazyJson copy = lazy;
  EXPECT_EQ(copy.get(), lazy.get()) << "copies share the tree";
  const std::shared_ptr<const Json> shared = lazy;
  EXPECT_EQ(shared.get(), lazy.get());
  const LazyJson from_tree = std::make_shared<Json>(Json{{"b", 2}});
  EXPECT_EQ(from_tree->at("b"), 2);
  EXPECT_EQ(from_tree.text(), nullptr);
  EXPECT_FALSE(LazyJson());
  EXPECT_EQ(LazyJson().get(), nullptr);
  EXPECT_TRUE(LazyJson(std::shared_ptr<const Json>()) == nullptr);
}

}  // namespace
}  // namespace podrun::store
