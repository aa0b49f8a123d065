// Random users, nodes and failures against a DaemonSet.
#include <gtest/gtest.h>

#include <random>

#include "controllers_daemon_world.h"

namespace podrun::controllers {
namespace {

using test::DaemonSets;
using test::make_set;
using test::node_key;

/// Random nodes, labels, taints, failures, templates and restarts. Never two current pods for a
/// node, never a foreign pod touched, and rest in the right state at the end.
class DaemonModel : public testing::TestWithParam<unsigned> {};

class ModelRun : public DaemonSets {
 public:
  explicit ModelRun(unsigned seed) : random_(seed) {}
  void TestBody() override {}

  void run() {
    world.api.on_remove = [this](const store::Object& object) {
      if (object.key.resource == "pods" && !by_user_) {
        EXPECT_EQ(controller_uid(*object.json), uid_of(world.api.json(key)));
      }
    };
    create(random_() % 2 == 0
               ? make_set()
               : make_set({{"type", "RollingUpdate"},
                           {"rollingUpdate", {{"maxUnavailable", 0}, {"maxSurge", "50%"}}}}));
    for (int step = 0; step < 120; ++step) {
      act();
      world.deliver(random_() % 4);
      world.manager->run_once(world.clock.now());
      check_bounds();
    }
    converge();
  }

 private:
  std::string any_node() { return "n" + std::to_string(random_() % 4); }
  void with_pod(const std::function<void(const store::Object&)>& use) {
    const auto all = world.api.list("pods", "default");
    if (!all.empty()) use(all[random_() % all.size()]);
  }
  void change_node(const std::string& name) {
    if (world.api.get(node_key(name)) == nullptr) {
      world.api.create("nodes", "", {{"metadata", {{"name", name}}}});
      return;
    }
    if (random_() % 5 == 0) return world.api.remove(node_key(name), {});
    world.api.edit(node_key(name), [&](Json& node) {
      node["spec"]["taints"] = Json::array();
      if (random_() % 3 == 0) {
        node["spec"]["taints"].push_back(
            {{"key", "k"}, {"effect", random_() % 2 == 0 ? "NoSchedule" : "NoExecute"}});
      }
    });
  }
  void act() {
    by_user_ = true;
    switch (random_() % 8) {
      case 0:
      case 1:
        change_node(any_node());
        break;
      case 2:
        world.api.edit(key, [&](Json& set) {
          set["spec"]["template"]["spec"]["containers"][0]["image"] =
              "image-" + std::to_string(random_() % 3);
        });
        break;
      case 3:
        with_pod([&](const store::Object& pod) { world.api.remove(pod.key, {}); });
        break;
      case 4:
        with_pod([&](const store::Object& pod) {
          if (is_being_deleted(*pod.json)) world.api.confirm_deletion(pod.key);
        });
        break;
      case 5:
        with_pod([&](const store::Object& pod) {
          world.api.edit(pod.key, [](Json& json) { json["status"]["phase"] = "Failed"; });
        });
        break;
      case 6:
        with_pod([&](const store::Object& pod) {
          // What has ended does not run again.
          if (!is_active(*pod.json)) return;
          world.api.edit(pod.key, [&](Json& json) {
            json["spec"]["nodeName"] = target_node(json);
            test::set_ready(json, true, world.clock.wall());
          });
        });
        break;
      default:
        world.clock.advance(Seconds(1));
        if (random_() % 4 == 0) world.restart();
    }
    by_user_ = false;
  }
  /// Of one revision, at most one pod that lives for a node.
  void check_bounds() {
    std::map<std::string, int> count;
    for (const store::Object& pod : pods()) {
      if (!is_active(*pod.json)) continue;
      const std::string hash = text_at(*pod.json, {"metadata", "labels", kRevisionHashLabel});
      EXPECT_LE(++count[target_node(*pod.json) + " " + hash], 1);
    }
  }
  void converge() {
    by_user_ = true;
    for (int i = 0; i < 60; ++i) {
      world.clock.advance(Seconds(30));
      world.settle();
      run_pods();
      end_deleted();
    }
    by_user_ = false;
    std::string wanted;
    for (const store::Object& node : world.api.list("nodes")) {
      if (fit_of(world.api.json(key), *node.json).runs) {
        wanted += (wanted.empty() ? "" : " ") + node.key.name;
      }
    }
    std::string active;
    std::vector<std::string> names;
    for (const store::Object& pod : pods()) {
      const store::Object* node = world.api.get(node_key(target_node(*pod.json)));
      if (node != nullptr && fit_of(world.api.json(key), *node->json).runs) {
        names.push_back(node->key.name);
        EXPECT_EQ((*pod.json)["spec"]["containers"],
                  world.api.json(key)["spec"]["template"]["spec"]["containers"]);
      }
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) active += (active.empty() ? "" : " ") + name;
    EXPECT_EQ(active, wanted);
    const int writes = world.api.writes;
    world.settle();
    EXPECT_EQ(world.api.writes, writes);
  }

  std::mt19937 random_;
  bool by_user_ = false;
};

TEST_P(DaemonModel, ComesToRestAsWanted) { ModelRun(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, DaemonModel, testing::Range(1U, 41U));

}  // namespace
}  // namespace podrun::controllers
