// Model checking of DaemonSets: nodes that come, go and are tainted, pods that end, what users
// change, conflicts, failures and crashes in the middle of a look.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "controllers_daemon_world.h"
#include "supervisor/controllers/share.h"

namespace podrun::controllers {
namespace {

using store::Object;
using test::DaemonSets;
using test::make_set;
using test::node_key;

constexpr int kSteps = 300;

/// The daemon dies here.
struct Crash {};

Json rolling(const char* field, const Json& value) {
  Json update = {{"maxSurge", 0}, {"maxUnavailable", 0}};
  update[field] = value;
  return {{"type", "RollingUpdate"}, {"rollingUpdate", update}};
}

/// Never two pods of one revision for a node, none for a node that gets none, never a foreign pod
/// touched nor more taken out of service than allowed, and rest in the right state at the end.
class ModelRun : public DaemonSets {
 public:
  explicit ModelRun(unsigned seed) : random_(seed) {
    world.api.before_write = [this](const std::string&, const store::ObjectKey&) {
      if (in_controllers_ && troubled_) make_trouble();
    };
    world.api.on_remove = [this](const Object& object) {
      if (in_controllers_ && object.key.resource == "pods") judge_deletion(object);
    };
  }
  void TestBody() override {}

  void run() {
    Json set = make_set(any_strategy());
    set["spec"]["revisionHistoryLimit"] = 1;
    create(set);
    for (int i = 0; i < kSteps && !HasFailure(); ++i) {
      step();
      check_bounds();
    }
    come_to_rest();
    judge();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return pick(100) < percent; }
  const Json& set() const { return world.api.json(key); }
  Json any_strategy() {
    const Json all[] = {rolling("maxUnavailable", 1), rolling("maxUnavailable", "50%"),
                        rolling("maxSurge", 1), rolling("maxSurge", "50%")};
    return all[pick(4)];
  }

  // ---- the controllers

  void step() {
    const int what = pick(100);
    if (what < 40) return nodes_act();
    if (what < 50) return user_acts();
    if (what < 65) return world.deliver(static_cast<std::size_t>(pick(5)));
    if (what < 92) return controllers_run();
    if (what < 98) return time_passes(pick(20));
    world.restart();
  }

  void controllers_run() {
    std::set<std::string> present, places;
    for (const Object& pod : pods()) present.insert(uid_of(*pod.json));
    for (const Object& node : world.api.list("nodes")) {
      if (runs(node.key.name)) places.insert(node.key.name);
    }
    const std::int64_t before = surging();
    disturbed_ = false;
    in_controllers_ = true;
    try {
      world.manager->run_once(world.clock.now());
    } catch (const Crash&) {
      world.restart();
    }
    in_controllers_ = false;
    if (disturbed_) return;
    for (const Object& pod : pods()) {
      if (present.count(uid_of(*pod.json)) > 0) continue;
      // A node may count as lost in the same look.
      const std::string node = target_node(*pod.json);
      EXPECT_TRUE(runs(node) || places.count(node) > 0) << "a pod that nothing binds";
    }
    if (share("maxSurge") == 0) return;
    EXPECT_LE(surging(), std::max(before, share("maxSurge")));
  }

  /// Before each write of the controllers.
  void make_trouble() {
    const int what = pick(100);
    if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
    if (what < 7) throw api::ApiError(500, "InternalError", "disk full");
    if (what < 9) throw Crash();
    if (what >= 14) return;
    disturbed_ = true;
    in_controllers_ = false;
    chance(80) ? nodes_act() : user_acts();
    in_controllers_ = true;
  }

  // ---- what holds all the time

  bool runs(const std::string& node) const {
    const Object* found = world.api.get(node_key(node));
    return found != nullptr && fit_of(set(), *found->json).runs;
  }
  bool serves(const Object& pod) const {
    const auto at = available_at(*pod.json, Seconds(number_at(set(), {"spec", "minReadySeconds"})));
    return at && *at <= world.clock.wall();
  }
  std::int64_t desired() const {
    std::int64_t count = 0;
    for (const Object& node : world.api.list("nodes")) count += runs(node.key.name) ? 1 : 0;
    return count;
  }
  std::int64_t share(const char* field) const {
    return share_of(find(set(), {"spec", "updateStrategy", "rollingUpdate", field}), desired(),
                    true, 0);
  }
  struct Here {
    std::int64_t serving = 0, others = 0, old = 0;
  };
  std::map<std::string, Here> by_node() const {
    std::string hash;
    for (const Object& each : world.api.list(kControllerRevisions)) {
      if (keeps_template(*each.json, set())) hash = hash_of(*each.json);
    }
    std::map<std::string, Here> all;
    for (const Object& pod : pods()) {
      if (!is_active(*pod.json)) continue;
      Here& here = all[target_node(*pod.json)];
      ++(serves(pod) ? here.serving : here.others);
      here.old += text_at(*pod.json, {"metadata", "labels", kRevisionHashLabel}) != hash;
    }
    return all;
  }
  /// On how many nodes one waits beside one that serves.
  std::int64_t surging() const {
    std::int64_t count = 0;
    for (const auto& [node, here] : by_node()) count += here.serving > 0 && here.others > 0;
    return count;
  }

  /// What is the last to serve on a node that gets a pod goes only as the strategy allows.
  void judge_deletion(const Object& pod) {
    EXPECT_EQ(controller_uid(*pod.json), uid_of(set()));
    const std::string node = target_node(*pod.json);
    if (disturbed_ || is_being_deleted(*pod.json) || !runs(node) || !serves(pod)) return;
    // Taints drive it away.
    if (condition_of(*pod.json, "DisruptionTarget") != nullptr) return;
    const auto all = by_node();
    const auto here = all.find(node);
    ASSERT_NE(here, all.end());
    const bool surges = share("maxSurge") > 0;
    // Of several on a node the newer ones go where it no longer surges, and of several old ones
    // where it does: whichever serves, as in Kubernetes.
    if (here->second.serving > 1 || here->second.old > 1) return;
    if (!surges && here->second.others > 0) return;
    std::int64_t serving = 0;
    for (const auto& [name, each] : all) serving += runs(name) && each.serving > 0;
    const bool rolls = text_at(set(), {"spec", "updateStrategy", "type"}) == "RollingUpdate";
    const std::int64_t most =
        surges || !rolls ? 0 : std::max<std::int64_t>(1, share("maxUnavailable"));
    EXPECT_GT(serving, desired() - most) << pod.key.name << " on " << node;
  }

  void check_bounds() {
    std::map<std::string, int> count;
    for (const Object& pod : pods()) {
      if (!is_active(*pod.json)) continue;
      const std::string hash = text_at(*pod.json, {"metadata", "labels", kRevisionHashLabel});
      EXPECT_LE(++count[target_node(*pod.json) + " " + hash], 1);
    }
  }

  // ---- nodes and users

  /// Most nodes are heard of.
  void time_passes(int seconds, int heard = 80) {
    world.clock.advance(Seconds(seconds));
    for (const Object& node : world.api.list("nodes")) {
      if (chance(heard)) report(node.key.name);
    }
  }

  void report(const std::string& name) {
    world.api.edit(node_key(name), [&](Json& node) {
      node["status"]["conditions"] =
          Json::array({{{"type", "Ready"},
                        {"status", "True"},
                        {"lastHeartbeatTime", rfc3339(world.clock.wall())}}});
    });
  }

  void change_node(const std::string& name) {
    if (world.api.get(node_key(name)) == nullptr) {
      world.api.create("nodes", "", {{"metadata", {{"name", name}}}});
      return report(name);
    }
    if (chance(20)) return world.api.remove(node_key(name), {});
    world.api.edit(node_key(name), [&](Json& node) {
      Json& taints = node["spec"]["taints"] = Json::array();
      if (!chance(33)) return;
      taints.push_back({{"key", "k"}, {"effect", chance(70) ? "NoSchedule" : "NoExecute"}});
    });
  }

  void pod_ends(Json& pod) {
    test::set_ready(pod, false, world.clock.wall());
    pod["status"]["phase"] = chance(50) ? "Failed" : "Succeeded";
  }

  void nodes_act() {
    if (chance(15)) return change_node("n" + std::to_string(pick(4)));
    const std::vector<Object> all = world.api.list("pods", "default");
    if (all.empty()) return;
    const Object& pod = all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))];
    if (is_being_deleted(*pod.json)) return world.api.confirm_deletion(pod.key);
    const bool binds = may_bind(*pod.json);
    // What has ended does not run again.
    if (!is_active(*pod.json) || (!binds && text_at(*pod.json, {"spec", "nodeName"}).empty())) {
      return;
    }
    world.api.edit(pod.key, [&](Json& json) {
      json["spec"]["nodeName"] = target_node(json);
      if (!binds && chance(20)) return pod_ends(json);
      const bool ready = chance(80);
      if (ready != is_ready(json)) test::set_ready(json, ready, world.clock.wall());
    });
  }

  void user_acts() {
    const int what = pick(10);
    if (what < 3) {
      const std::vector<Object> all = pods();
      if (!all.empty()) {
        world.api.remove(all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))].key, {});
      }
      return;
    }
    world.api.edit(key, [&](Json& json) {
      Json& spec = json["spec"];
      Json& pod = spec["template"]["spec"];
      if (what < 6) pod["containers"][0]["image"] = "image-" + std::to_string(pick(3));
      if (what == 6) {
        pod["tolerations"] = Json::array();
        if (chance(50)) pod["tolerations"].push_back({{"key", "k"}, {"operator", "Exists"}});
      }
      if (what == 7) spec["minReadySeconds"] = pick(3) * 10;
      if (what == 8) spec["updateStrategy"] = any_strategy();
      if (what == 9) spec["updateStrategy"] = {{"type", "OnDelete"}};
    });
  }

  // ---- the end

  void heal_pods() {
    for (const Object& pod : pods()) {
      const bool is_bound = !text_at(*pod.json, {"spec", "nodeName"}).empty();
      if (!is_active(*pod.json) || is_ready(*pod.json)) continue;
      if (!is_bound && !may_bind(*pod.json)) continue;
      world.api.edit(pod.key, [&](Json& json) {
        json["spec"]["nodeName"] = target_node(json);
        test::set_ready(json, true, world.clock.wall());
      });
    }
    world.settle();
  }

  void come_to_rest() {
    troubled_ = false;
    // At least one node gets a pod.
    if (world.api.get(node_key("n0")) == nullptr) change_node("n0");
    world.api.edit(node_key("n0"), [](Json& node) { node["spec"]["taints"] = Json::array(); });
    edit([&](Json& json) { json["spec"]["updateStrategy"] = any_strategy(); });
    for (int i = 0; i < 100; ++i) {
      time_passes(30, 100);
      world.settle();
      heal_pods();
      end_deleted();
    }
  }

  void judge() {
    std::string wanted;
    for (const Object& node : world.api.list("nodes")) {
      if (runs(node.key.name)) wanted += (wanted.empty() ? "" : " ") + node.key.name;
    }
    std::vector<std::string> names;
    for (const Object& pod : pods()) {
      const Object* node = world.api.get(node_key(target_node(*pod.json)));
      ASSERT_NE(node, nullptr) << pod.key.name;
      EXPECT_TRUE(fit_of(set(), *node->json).keeps) << pod.key.name;
      EXPECT_TRUE(is_active(*pod.json)) << pod.key.name;
      EXPECT_EQ((*pod.json)["spec"]["containers"], set()["spec"]["template"]["spec"]["containers"])
          << pod.key.name << " on " << node->key.name;
      if (runs(node->key.name)) names.push_back(node->key.name);
    }
    std::sort(names.begin(), names.end());
    std::string active;
    for (const std::string& name : names) active += (active.empty() ? "" : " ") + name;
    EXPECT_NE(wanted, "");
    EXPECT_EQ(active, wanted);
    for (const char* field : {"desiredNumberScheduled", "currentNumberScheduled", "numberReady",
                              "numberAvailable", "updatedNumberScheduled"}) {
      EXPECT_EQ(status(field), desired()) << field;
    }
    EXPECT_EQ(status("observedGeneration"), number_at(set(), {"metadata", "generation"}));
    EXPECT_LE(revisions(), 2U);
    world.api.writes = 0;
    for (int i = 0; i < 30; ++i) {
      time_passes(30, 100);
      world.settle();
    }
    EXPECT_EQ(world.api.writes, 0) << "it writes though nothing happens";
  }

  std::mt19937 random_;
  bool in_controllers_ = false, disturbed_ = false, troubled_ = true;
};

class DaemonModel : public testing::TestWithParam<unsigned> {};

TEST_P(DaemonModel, ComesToRestAsWanted) { ModelRun(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, DaemonModel, testing::Range(1U, 41U));

}  // namespace
}  // namespace podrun::controllers
