// The remote client against the API's own server: the store, the registry and the transport are
// the daemon's, on a loop in a thread of their own.
#include "supervisor/remote/remote_client.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <thread>

#include "supervisor/api/api_server.h"
#include "supervisor/api/server/server.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/temp_dir.h"

namespace podrun::remote {
namespace {

using store::Json;
using store::ObjectKey;

class NoPods final : public api::PodAccess {
 public:
  api::Response log(const store::Object& /*pod*/, const api::Request& /*request*/) override {
    return {};
  }
  api::Response connect(const std::string& /*name*/, const store::Object& /*pod*/,
                        const api::Request& /*request*/) override {
    return {};
  }
};

/// A daemon without controllers and node.
class ApiBox {
 public:
  explicit ApiBox(const std::string& folder)
      : store_(store::Store::open(folder + "/podrun.db")),
        server_(std::make_unique<api::Server>(
            io_, api::ServerHooks{
                     [this](const api::Request& request) { return api_.handle(request); },
                     [](std::string_view) -> std::optional<api::User> { return std::nullopt; },
                     [this] { commit_soon(); }})) {
    server_->listen_unix(folder + "/api.sock");
    registry_.on_write([this] { commit_soon(); });
    thread_ = std::thread([this] { io_.run(); });
    act([](api::Registry& registry) {
      for (const char* name : {"default", "kube-node-lease"}) {
        const ObjectKey key{"namespaces", "", name};
        if (registry.get(key) == nullptr) {
          registry.create("namespaces", "", {{"metadata", {{"name", name}}}});
        }
      }
    });
  }
  ~ApiBox() {
    on_loop([this] { server_.reset(); });
    guard_.reset();
    thread_.join();
  }
  ApiBox(const ApiBox&) = delete;
  ApiBox& operator=(const ApiBox&) = delete;

  /// Does something in the daemon, and waits until that is done.
  void act(const std::function<void(api::Registry&)>& act) {
    on_loop([&] { act(registry_); });
  }

 private:
  void on_loop(const std::function<void()>& act) {
    std::packaged_task<void()> task(act);
    auto done = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    done.get();
  }
  void commit_soon() {
    boost::asio::post(io_, [this] {
      if (store_.has_uncommitted()) store_.commit();
      if (server_) server_->on_committed();
    });
  }

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  SystemClock clock_;
  store::Store store_;
  api::Registry registry_{store_, clock_, api::system_random()};
  NoPods pods_;
  api::ApiServer api_{store_, registry_, pods_, clock_, {"v1.34.0+test"}};
  std::unique_ptr<api::Server> server_;
  std::thread thread_;
};

Json pod(const std::string& name, const std::string& node) {
  return {{"metadata", {{"name", name}}},
          {"spec",
           {{"nodeName", node},
            {"terminationGracePeriodSeconds", 7},
            {"containers", {{{"name", "main"}, {"image", "kubia"}}}}}}};
}

const ObjectKey kPod{"pods", "default", "a"};

class RemoteClientTest : public testing::Test {
 protected:
  RemoteClientTest() { begin(); }

  void begin() { box_ = std::make_unique<ApiBox>(folder_.path()); }
  void end() { box_.reset(); }
  bool until(const std::function<bool()>& condition) { return reactor_.run_until(condition); }
  bool connected() {
    return until([&] { return client_.is_reachable(); });
  }
  void make(const std::string& name, const std::string& node = "two") {
    box_->act(
        [&](api::Registry& registry) { registry.create("pods", "default", pod(name, node)); });
  }

  test::TempDir folder_{"podrun-remote"};
  test::PollReactor reactor_;
  SystemClock clock_;
  std::unique_ptr<ApiBox> box_;
  std::vector<ObjectKey> changed_;
  int syncs_ = 0;
  std::string log_;
  RemoteClient client_{
      folder_ / "api.sock",
      {{"pods", "spec.nodeName=two"}, {"configmaps", ""}},
      reactor_,
      clock_,
      {[this](const ObjectKey& key) { changed_.push_back(key); }, [this] { ++syncs_; },
       [this](const std::string& text) { log_ += text + "\n"; }}};
};

TEST_F(RemoteClientTest, SeesWhatTheSelectorTakes) {
  make("a");
  make("b", "one");
  client_.start();
  ASSERT_TRUE(client_.is_reachable()) << log_;
  EXPECT_EQ(syncs_, 1);
  EXPECT_EQ(changed_, std::vector<ObjectKey>{kPod});
  EXPECT_EQ(client_.list("pods").size(), 1U);

  make("c");
  EXPECT_TRUE(until([&] { return client_.list("pods").size() == 2; }));
  EXPECT_EQ(changed_.back().name, "c");
}

TEST_F(RemoteClientTest, WritesAreAtHandAtOnce) {
  client_.start();
  const store::Object made = client_.create("pods", "default", pod("a", "two"));
  ASSERT_NE(client_.get(kPod), nullptr);
  EXPECT_EQ(client_.get(kPod)->revision, made.revision);

  Json changed = *made.json;
  changed["metadata"].erase("resourceVersion");
  changed["status"]["phase"] = "Running";
  client_.update_status(kPod, changed);
  EXPECT_EQ((*client_.get(kPod)->json)["status"]["phase"], "Running");

  changed = *made.json;  // of before
  changed["metadata"]["labels"] = {{"a", "b"}};
  try {
    client_.update(kPod, changed);
    FAIL() << "an old version was taken";
  } catch (const api::ApiError& error) {
    EXPECT_EQ(error.code(), 409);
    EXPECT_EQ(error.reason(), "Conflict");
  }
}

TEST_F(RemoteClientTest, DeletionIsMarkedThenGone) {
  client_.start();
  client_.create("pods", "default", pod("a", "two"));
  client_.remove(kPod, {});
  ASSERT_NE(client_.get(kPod), nullptr);
  EXPECT_EQ((*client_.get(kPod)->json)["metadata"]["deletionGracePeriodSeconds"], 7);

  api::DeleteOptions options;
  options.grace_period_seconds = 0;
  options.uid = "another";
  EXPECT_THROW(client_.remove(kPod, options), api::ApiError);
  options.uid = (*client_.get(kPod)->json)["metadata"]["uid"];
  client_.remove(kPod, options);
  EXPECT_EQ(client_.get(kPod), nullptr);

  // Its name is free; what the watch tells of the old one does no harm.
  client_.create("pods", "default", pod("a", "two"));
  changed_.clear();
  make("last");
  ASSERT_TRUE(until([&] { return !changed_.empty() && changed_.back().name == "last"; }));
  EXPECT_NE(client_.get(kPod), nullptr);
}

TEST_F(RemoteClientTest, AsksForWhatIsNotWatched) {
  client_.start();
  const ObjectKey lease{"leases.coordination.k8s.io", "kube-node-lease", "two"};
  EXPECT_EQ(client_.get(lease), nullptr);
  client_.create(lease.resource, lease.namespace_, {{"metadata", {{"name", "two"}}}});
  ASSERT_NE(client_.get(lease), nullptr);
  Json renewed = *client_.get(lease)->json;
  renewed["spec"]["holderIdentity"] = "two";
  client_.update(lease, renewed);
  EXPECT_EQ((*client_.get(lease)->json)["spec"]["holderIdentity"], "two");
}

TEST_F(RemoteClientTest, ComesBackAfterTheDaemonDid) {
  make("a");
  make("b");
  client_.start();
  end();
  ASSERT_TRUE(until([&] { return !client_.is_reachable(); }));
  EXPECT_NE(client_.get(kPod), nullptr);
  EXPECT_THROW(client_.create("pods", "default", pod("x", "two")), api::Unreachable);

  changed_.clear();
  begin();
  box_->act([](api::Registry& registry) {
    api::DeleteOptions options;
    options.grace_period_seconds = 0;
    static_cast<api::Client&>(registry).remove(kPod, options);
  });
  make("c");
  ASSERT_TRUE(connected()) << log_;
  EXPECT_EQ(syncs_, 2);
  // The list may have been read between the two changes.
  EXPECT_TRUE(until([&] { return client_.list("pods").size() == 2 && changed_.size() == 2; }));
  EXPECT_EQ(client_.get(kPod), nullptr);
  make("d");
  EXPECT_TRUE(until([&] { return client_.list("pods").size() == 3; }));
}

TEST_F(RemoteClientTest, StartsWithoutADaemon) {
  end();
  client_.start();
  EXPECT_FALSE(client_.is_reachable());
  EXPECT_NE(log_.find("podrun daemon"), std::string::npos) << log_;
  begin();
  EXPECT_TRUE(connected()) << log_;
}

TEST_F(RemoteClientTest, ACutNodeHearsNothing) {
  client_.start();
  client_.cut(true);
  EXPECT_FALSE(client_.is_reachable());
  make("a");
  EXPECT_FALSE(reactor_.run_until([&] { return client_.is_reachable() || !changed_.empty(); },
                                  std::chrono::milliseconds(300)));
  client_.cut(false);
  ASSERT_TRUE(connected());
  EXPECT_EQ(changed_, std::vector<ObjectKey>{kPod});
}

TEST_F(RemoteClientTest, EventsWaitForTheConnection) {
  client_.start();
  api::EventRecord event;
  event.involved_object = {
      {"kind", "Pod"}, {"name", "a"}, {"namespace", "default"}, {"uid", "u-1"}};
  event.type = "Normal";
  event.reason = "Waited";
  event.message = "for the connection";
  event.component = "kubelet";
  client_.record(event);
  client_.cut(true);
  client_.record(event);
  event.reason = "Other";
  client_.record(event);
  client_.cut(false);
  ASSERT_TRUE(connected());
  const auto events = client_.list("events", "default");
  ASSERT_EQ(events.size(), 2U);
  std::map<std::string, int> counts;
  for (const auto& each : events) {
    counts[(*each.json)["reason"].get<std::string>()] = (*each.json)["count"].get<int>();
  }
  EXPECT_EQ(counts, (std::map<std::string, int>{{"Other", 1}, {"Waited", 2}}));
}

}  // namespace
}  // namespace podrun::remote
