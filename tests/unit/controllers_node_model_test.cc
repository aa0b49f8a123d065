// Model checking of nodes and the scheduler: nodes that fall silent and come back, users who cordon
// and delete, conflicts, failures, crashes, and news that comes late. Five pods run in the end,
// none was taken from a node that was heard of, and none was bound twice.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>
#include <set>

#include "controllers_world.h"
#include "supervisor/controllers/scheduler.h"

namespace podrun::controllers {
namespace {

using store::Object;

constexpr int kSteps = 500;
constexpr std::size_t kReplicas = 5;
const char* const kNodes[] = {"n1", "n2", "n3"};

/// The daemon dies here.
struct Crash {};

store::ObjectKey node_key(const std::string& name) { return {"nodes", "", name}; }

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    world_.api.before_write = [this](const std::string&, const store::ObjectKey&) {
      if (!in_controllers_ || !troubled_) return;
      const int what = pick(100);
      if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
      if (what < 6) throw api::ApiError(500, "InternalError", "disk full");
      if (what < 7) throw Crash();
    };
    world_.api.on_remove = [this](const Object& pod) { check_removal(pod); };
    for (const char* name : kNodes) add_node(name);
    Json rc = test::make_rc("web", "web", kReplicas);
    rc["spec"]["template"]["spec"]["tolerations"] =
        Json::array({{{"key", "node.kubernetes.io/unreachable"},
                      {"operator", "Exists"},
                      {"effect", "NoExecute"},
                      {"tolerationSeconds", 20}}});
    world_.api.create("replicationcontrollers", "default", rc);
    restart();
  }

  void run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) step();
    troubled_ = false;
    come_to_rest();
    judge();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return pick(100) < percent; }
  std::string any_node() { return kNodes[pick(3)]; }

  void add_node(const std::string& name) {
    world_.api.create("nodes", "", {{"metadata", {{"name", name}}}, {"spec", Json::object()}});
    world_.api.create(kLeases, kLeaseNamespace, {{"metadata", {{"name", name}}}});
    beat(name);
  }

  void beat(const std::string& name) {
    world_.api.edit(node_key(name), [&](Json& node) {
      node["status"]["allocatable"] = {{"cpu", "4"}, {"memory", "4Gi"}, {"pods", "110"}};
      node["status"]["conditions"] =
          Json::array({{{"type", "Ready"},
                        {"status", "True"},
                        {"lastHeartbeatTime", rfc3339(world_.clock.wall())}}});
    });
    world_.api.edit({kLeases, kLeaseNamespace, name}, [&](Json& lease) {
      lease["spec"]["renewTime"] = rfc3339(world_.clock.wall());
    });
  }

  void restart() {
    world_.restart();
    late_.clear();
    scheduler_ = std::make_unique<Scheduler>(
        world_.api, world_.clock,
        [this](const store::ObjectKey& key, const std::string& node) { note_bound(key, node); });
    scheduler_->start();
  }

  void note_bound(const store::ObjectKey& key, const std::string& node) {
    const std::string uid = uid_of(world_.api.json(key));
    EXPECT_TRUE(bound_.emplace(uid, node).second) << key.name << " is bound again, to " << node;
  }

  void check_removal(const Object& object) {
    const std::string& node = text_at(*object.json, {"spec", "nodeName"});
    if (!in_controllers_ || object.key.resource != "pods" || node.empty()) return;
    bool is_out = false;
    const Json* taints = find(world_.api.json(node_key(node)), {"spec", "taints"});
    for (const Json& taint : taints == nullptr ? Json::array() : *taints)
      is_out = is_out || text_at(taint, {"effect"}) == "NoExecute";
    EXPECT_TRUE(is_out) << object.key.name << " is taken from " << node << ", which is heard of";
  }

  // ---- steps

  void step() {
    const int what = pick(100);
    if (what < 30) return nodes_act();
    if (what < 36) return user_acts();
    if (what < 60) return deliver(pick(6), pick(6));
    if (what < 85) return controllers_run();
    if (what < 99) return world_.clock.advance(Seconds(pick(12)));
    restart();
  }

  /// The scheduler hears of what the controllers have heard of, or has yet to.
  void deliver(int most, int most_late) {
    for (; most > 0 && !world_.api.changes.empty(); --most) {
      late_.push_back(world_.api.changes.front());
      world_.deliver(1);
    }
    for (; most_late > 0 && !late_.empty(); --most_late) {
      scheduler_->on_change(late_.front());
      late_.pop_front();
    }
  }

  void controllers_run() {
    in_controllers_ = true;
    try {
      if (chance(50)) {
        world_.manager->run_once(world_.clock.now());
      } else {
        scheduler_->run(world_.clock.now() + Seconds(1));
      }
    } catch (const Crash&) {
      restart();
    }
    in_controllers_ = false;
  }

  /// A silent node neither reports nor ends anything.
  void nodes_act() {
    for (const char* name : kNodes) {
      if (silent_.count(name) > 0) continue;
      if (chance(70)) beat(name);
      for (const Object& pod : world_.api.list("pods", "default")) {
        if (text_at(*pod.json, {"spec", "nodeName"}) == name && chance(60)) tend(pod);
      }
    }
  }

  void tend(const Object& pod) {
    if (is_being_deleted(*pod.json)) return world_.api.confirm_deletion(pod.key);
    world_.api.edit(pod.key, [&](Json& json) { test::set_ready(json, true, world_.clock.wall()); });
  }

  void user_acts() {
    const std::string name = any_node();
    const int what = pick(4);
    if (what == 0) {
      if (!silent_.erase(name)) silent_.insert(name);
    } else if (what == 1) {
      const bool closed = chance(40);
      world_.api.edit(node_key(name), [&](Json& node) { node["spec"]["unschedulable"] = closed; });
    } else {
      const std::vector<Object> pods = world_.api.list("pods", "default");
      if (pods.empty()) return;
      const Object& pod = pods[static_cast<std::size_t>(pick(static_cast<int>(pods.size())))];
      if (!is_being_deleted(*pod.json)) world_.api.remove(pod.key, {});
    }
  }

  // ---- the end

  void come_to_rest() {
    silent_.clear();
    for (const char* name : kNodes)
      world_.api.edit(node_key(name), [](Json& node) { node["spec"].erase("unschedulable"); });
    for (int round = 0; round < 60; ++round) {
      for (const char* name : kNodes) beat(name);
      settle();
      for (const Object& pod : world_.api.list("pods", "default")) {
        if (!text_at(*pod.json, {"spec", "nodeName"}).empty()) tend(pod);
      }
      settle();
      world_.clock.advance(Seconds(10));
    }
  }

  void settle() {
    for (int i = 0; i < 20; ++i) {
      deliver(1'000'000, 1'000'000);
      in_controllers_ = true;
      for (int turn = 0; turn < 20; ++turn) world_.manager->run_once(world_.clock.now());
      scheduler_->run(world_.clock.now() + Seconds(1));
      in_controllers_ = false;
    }
    EXPECT_TRUE(world_.api.changes.empty()) << "they do not come to rest";
  }

  void judge() {
    const std::vector<Object> pods = world_.api.list("pods", "default");
    EXPECT_EQ(pods.size(), kReplicas);
    for (const Object& pod : pods) {
      EXPECT_TRUE(is_active(*pod.json) && is_ready(*pod.json)) << pod.json->dump(1);
      EXPECT_EQ(text_at(*pod.json, {"spec", "nodeName"}), bound_[uid_of(*pod.json)]);
    }
    for (const char* name : kNodes) {
      const Json* taints = find(world_.api.json(node_key(name)), {"spec", "taints"});
      EXPECT_TRUE(taints == nullptr || taints->empty()) << name << " " << taints->dump();
    }
    EXPECT_EQ(scheduler_->unschedulable(), 0U);
    world_.api.writes = 0;
    for (int i = 0; i < 5; ++i) {
      for (const char* name : kNodes) beat(name);
      settle();
      world_.clock.advance(Seconds(10));
    }
    EXPECT_EQ(world_.api.writes, 0) << "they write though nothing happens";
  }

  std::mt19937 random_;
  test::World world_;
  std::unique_ptr<Scheduler> scheduler_;
  std::deque<store::Change> late_;            // that the scheduler has not heard of
  std::map<std::string, std::string> bound_;  // node by uid
  std::set<std::string> silent_;
  bool in_controllers_ = false, troubled_ = true;
};

class NodesModel : public testing::TestWithParam<unsigned> {};

TEST_P(NodesModel, FivePodsRunInTheEnd) { Model(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, NodesModel, testing::Range(1U, 41U));

}  // namespace
}  // namespace podrun::controllers
