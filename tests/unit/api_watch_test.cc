#include <algorithm>

#include "api_fixture.h"
#include "supervisor/api/watch.h"

namespace podrun::api {
namespace {

using Texts = std::vector<std::string>;

class WatchTest : public ApiTest {
 protected:
  struct Watching {
    std::shared_ptr<FakeSink> sink;
    std::unique_ptr<Stream> stream;
    Texts take() const { return sink->take(); }
  };
  Watching watch(Query query = {}, const std::string& path = "configmaps") {
    query.emplace_back("watch", "true");
    const Response response = ask("GET", path, nullptr, query);
    Watching watching{std::make_shared<FakeSink>(), nullptr};
    EXPECT_EQ(response.status, 200) << response.body;
    if (response.stream) watching.stream = response.stream(watching.sink);
    return watching;
  }
  void create(const std::string& name, const std::string& app = "x") {
    expect(201, ask("POST", "configmaps", config_map(name, {{"app", app}})));
    store_.commit();
  }
  void label(const std::string& name, const std::string& app) {
    patch("merge", "configmaps/" + name, {{"metadata", {{"labels", {{"app", app}}}}}});
    store_.commit();
  }
  void remove(const std::string& name) {
    expect(200, ask("DELETE", "configmaps/" + name));
    store_.commit();
  }
};

TEST_F(WatchTest, TellsThePresentAndTheChanges) {
  create("a");
  const Watching all = watch();
  EXPECT_EQ(all.take(), Texts{"ADDED a"});
  create("b");
  label("a", "y");
  remove("b");
  EXPECT_EQ(all.take(), (Texts{"ADDED b", "MODIFIED a", "DELETED b"}));
  expect(201, ask("POST", "/api/v1/namespaces/other/configmaps", config_map("c")));
  expect(201, ask("POST", "pods", pod("p")));
  store_.commit();
  EXPECT_EQ(all.take(), Texts{});
}

TEST_F(WatchTest, WhatIsNotCommittedComesOnce) {
  expect(201, ask("POST", "configmaps", config_map("a")));
  const Watching all = watch();
  store_.commit();
  EXPECT_EQ(all.take(), Texts{"ADDED a"});
  expect(201, ask("POST", "configmaps", config_map("b")));
  EXPECT_EQ(all.take(), Texts{}) << "nobody hears of what may be undone";
  store_.commit();
  EXPECT_EQ(all.take(), Texts{"ADDED b"});
}

TEST_F(WatchTest, StartedWhileChangesAreTold) {
  // Another subscriber starts a watch inside of a commit that still has changes to tell.
  Watching late;
  const auto subscription = store_.subscribe([&](const store::Change&) {
    if (!late.sink) late = watch();
  });
  expect(201, ask("POST", "configmaps", config_map("a")));
  expect(201, ask("POST", "configmaps", config_map("b")));
  store_.commit();
  EXPECT_EQ(late.take(), (Texts{"ADDED a", "ADDED b"}));
  remove("a");
  EXPECT_EQ(late.take(), Texts{"DELETED a"});
}

TEST_F(WatchTest, SelectsByWhatWasAndIs) {
  create("a", "x");
  create("b", "y");
  const Watching chosen = watch({{"labelSelector", "app=x"}});
  EXPECT_EQ(chosen.take(), Texts{"ADDED a"});
  label("b", "x");
  EXPECT_EQ(chosen.take(), Texts{"ADDED b"});
  label("a", "y");
  ASSERT_EQ(chosen.sink->events.size(), 1U);
  // As it was when it last matched, at the revision of the change.
  const Json object = chosen.sink->events[0]["object"];
  EXPECT_EQ(object["metadata"]["labels"]["app"], "x");
  EXPECT_EQ(version(object), std::to_string(store_.revision()));
  EXPECT_EQ(chosen.take(), Texts{"DELETED a"});
  remove("a");
  EXPECT_EQ(chosen.take(), Texts{});
  const Watching one = watch({{"fieldSelector", "metadata.name=b"}});
  EXPECT_EQ(one.take(), Texts{"ADDED b"});
}

TEST_F(WatchTest, OneObjectByItsPath) {
  create("a");
  create("b");
  const Watching one = watch({}, "configmaps/a");
  const Watching old = watch({}, "/api/v1/watch/namespaces/default/configmaps/a");
  label("b", "y");
  label("a", "y");
  EXPECT_EQ(one.take(), (Texts{"ADDED a", "MODIFIED a"}));
  EXPECT_EQ(old.take(), (Texts{"ADDED a", "MODIFIED a"}));
}

TEST_F(WatchTest, GoesOnFromARevision) {
  create("a");
  const std::string since = std::to_string(store_.revision());
  create("b");
  remove("a");
  const Watching all = watch({{"resourceVersion", since}});
  EXPECT_EQ(all.take(), (Texts{"ADDED b", "DELETED a"}));
  create("c");
  EXPECT_EQ(all.take(), Texts{"ADDED c"});
  EXPECT_EQ(watch({{"resourceVersion", "0"}}).take(), (Texts{"ADDED b", "ADDED c"}));
}

TEST_F(WatchTest, TooOldIsGone) {
  const std::string since = std::to_string(store_.revision());
  for (int i = 0; i < 30; ++i) create("n" + std::to_string(i));
  const std::string text =
      refusal(ask("GET", "configmaps", nullptr, {{"watch", "1"}, {"resourceVersion", since}}));
  EXPECT_EQ(text, "410 Expired: too old resource version: " + since + " (" +
                      std::to_string(store_.revision()) + ")");
  EXPECT_EQ(ask("GET", "configmaps", nullptr, {{"watch", "1"}, {"resourceVersion", "x"}}).status,
            500);
}

TEST_F(WatchTest, TooOldByTheTimeItStarts) {
  const std::string since = std::to_string(store_.revision());
  const Response response =
      ask("GET", "configmaps", nullptr, {{"watch", "1"}, {"resourceVersion", since}});
  for (int i = 0; i < 30; ++i) create("n" + std::to_string(i));
  const auto sink = std::make_shared<FakeSink>();
  const auto stream = response.stream(sink);
  ASSERT_EQ(sink->events.size(), 1U);
  EXPECT_EQ(sink->events[0]["type"], "ERROR");
  EXPECT_EQ(sink->events[0]["object"]["code"], 410);
  EXPECT_TRUE(sink->closed);
  create("later");
  EXPECT_EQ(sink->events.size(), 1U);
}

TEST_F(WatchTest, BookmarkEndsTheInitialEvents) {
  create("a");
  const Watching all = watch({{"sendInitialEvents", "true"},
                              {"resourceVersionMatch", "NotOlderThan"},
                              {"allowWatchBookmarks", "true"},
                              {"resourceVersionMatch", "NotOlderThan"}});
  ASSERT_EQ(all.sink->events.size(), 2U);
  EXPECT_EQ(all.sink->events[0]["type"], "ADDED");
  const Json bookmark = all.sink->events[1];
  EXPECT_EQ(bookmark["type"], "BOOKMARK");
  EXPECT_EQ(bookmark["object"]["kind"], "ConfigMap");
  EXPECT_EQ(bookmark["object"]["apiVersion"], "v1");
  EXPECT_EQ(version(bookmark["object"]), std::to_string(store_.revision()));
  EXPECT_EQ(bookmark["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
}

TEST_F(WatchTest, BookmarksAtEachTick) {
  create("a");
  const Watching asked = watch({{"allowWatchBookmarks", "true"}}), plain = watch();
  asked.take();
  plain.take();
  expect(201, ask("POST", "pods", pod("p")));
  asked.stream->tick();
  EXPECT_TRUE(asked.sink->events.empty()) << "what is not committed may be undone";
  store_.commit();
  asked.stream->tick();
  plain.stream->tick();
  ASSERT_EQ(asked.sink->events.size(), 1U);
  const Json bookmark = asked.sink->events[0];
  EXPECT_EQ(bookmark["type"], "BOOKMARK");
  EXPECT_EQ(version(bookmark["object"]), std::to_string(store_.revision()));
  EXPECT_FALSE(bookmark["object"]["metadata"].contains("annotations"));
  EXPECT_TRUE(plain.sink->events.empty());
}

TEST_F(WatchTest, SaysHowLongItLasts) {
  const auto answer = [&](const Query& query) { return ask("GET", "configmaps", nullptr, query); };
  const Response timed = answer({{"watch", "1"}, {"timeoutSeconds", "7"}});
  EXPECT_EQ(timed.stream_time, std::chrono::seconds(7));
  EXPECT_EQ(timed.stream_tick.count(), 0);
  const Response marked = answer({{"watch", "1"}, {"allowWatchBookmarks", "true"}});
  EXPECT_EQ(marked.stream_time.count(), 0);
  EXPECT_EQ(marked.stream_tick, std::chrono::seconds(60));
  EXPECT_EQ(answer({{"watch", "1"}, {"timeoutSeconds", "soon"}}).status, 400);
}

TEST_F(WatchTest, EndsWithItsClient) {
  const Watching gone = watch();
  gone.sink->open = false;
  create("a");
  gone.sink->open = true;
  create("b");
  EXPECT_EQ(gone.take(), Texts{}) << "a stream with a hole is none";
  Watching left = watch();
  left.take();
  left.stream.reset();
  create("c");
  EXPECT_EQ(left.take(), Texts{});
}

TEST_F(WatchTest, GoneDuringTheInitialEvents) {
  create("a");
  const Response response = ask("GET", "configmaps", nullptr, {{"watch", "1"}});
  const auto sink = std::make_shared<FakeSink>();
  sink->open = false;
  const auto stream = response.stream(sink);
  sink->open = true;
  create("b");
  EXPECT_TRUE(sink->events.empty());
}

TEST_F(WatchTest, TablesAndOldVersions) {
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const Watching table = watch();
  accept_.clear();
  create("a");
  ASSERT_EQ(table.sink->events.size(), 1U);
  EXPECT_EQ(table.sink->events[0]["object"]["kind"], "Table");
  EXPECT_EQ(table.sink->events[0]["object"]["rows"][0]["cells"][0], "a");
  const Watching old = watch({}, "/apis/extensions/v1beta1/replicasets");
  expect(201, ask("POST", "/apis/apps/v1/namespaces/default/replicasets", replica_set("r")));
  store_.commit();
  ASSERT_EQ(old.sink->events.size(), 1U);
  EXPECT_EQ(old.sink->events[0]["object"]["apiVersion"], "extensions/v1beta1");
}

}  // namespace
}  // namespace podrun::api
