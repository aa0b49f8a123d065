// DaemonSets on nodes that come, go and change: pods, rollouts, revisions, status.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using test::pod_key;

store::ObjectKey node_key(const std::string& name) { return {"nodes", "", name}; }

Json make_set(const Json& strategy = {{"type", "RollingUpdate"}}) {
  Json pod = test::make_pod("", "agent");
  pod["metadata"].erase("name");
  return {{"apiVersion", "apps/v1"},
          {"kind", "DaemonSet"},
          {"metadata", {{"name", "agent"}}},
          {"spec",
           {{"selector", {{"matchLabels", {{"app", "agent"}}}}},
            {"updateStrategy", strategy},
            {"template", {{"metadata", pod["metadata"]}, {"spec", pod["spec"]}}}}}};
}

class DaemonSets : public testing::Test {
 protected:
  DaemonSets() { world.settle(); }

  void add_node(const std::string& name, const Json& labels = Json::object()) {
    world.api.create("nodes", "", {{"metadata", {{"name", name}, {"labels", labels}}}});
    world.api.edit(node_key(name), [&](Json& node) {
      node["status"]["conditions"] = Json::array({{{"type", "Ready"}, {"status", "True"}}});
    });
    world.settle();
  }
  void create(const Json& set = make_set()) {
    world.api.create(kDaemonSets, "default", set);
    world.settle();
  }
  void edit(const std::function<void(Json&)>& change) {
    world.api.edit(key, change);
    world.settle();
  }
  void set_image(const std::string& image) {
    edit([&](Json& set) { set["spec"]["template"]["spec"]["containers"][0]["image"] = image; });
  }
  std::vector<store::Object> pods() const {
    std::vector<store::Object> all = world.api.list("pods", "default");
    std::erase_if(all, [](const store::Object& pod) { return is_being_deleted(*pod.json); });
    return all;
  }
  /// The nodes of its pods that are not being deleted, in order: "n1 n2".
  std::string where() const {
    std::vector<std::string> names;
    for (const store::Object& pod : pods()) names.push_back(target_node(*pod.json));
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
  }
  /// The scheduler and the nodes do their part: pods are bound, run and become ready.
  void run_pods(bool ready = true) {
    for (const store::Object& pod : pods()) {
      if (!text_at(*pod.json, {"spec", "nodeName"}).empty()) continue;
      world.api.edit(pod.key, [&](Json& json) {
        json["spec"]["nodeName"] = target_node(json);
        test::set_ready(json, ready, world.clock.wall());
      });
    }
    world.settle();
  }
  void end_deleted() {
    for (const store::Object& pod : world.api.list("pods")) {
      if (is_being_deleted(*pod.json)) world.api.confirm_deletion(pod.key);
    }
    world.settle();
  }
  std::int64_t status(const char* field) {
    return number_at(world.api.json(key), {"status", field});
  }
  std::size_t with_image(const std::string& image) const {
    const auto all = pods();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [&](const store::Object& pod) {
          return (*pod.json)["spec"]["containers"][0]["image"] == image;
        }));
  }
  std::size_t revisions() const { return world.api.list(kControllerRevisions).size(); }
  bool told(const std::string& event) {
    return std::any_of(world.api.events.begin(), world.api.events.end(),
                       [&](const auto& each) { return each.find(event) != std::string::npos; });
  }
  store::Object only_pod() const { return pods().at(0); }

  const store::ObjectKey key{kDaemonSets, "default", "agent"};
  test::World world;
};

TEST_F(DaemonSets, OnePodForEachNode) {
  add_node("n1");
  create();
  EXPECT_EQ(where(), "n1");
  add_node("n2");
  EXPECT_EQ(where(), "n1 n2");
  EXPECT_EQ(status("desiredNumberScheduled"), 2);
  EXPECT_EQ(status("numberReady"), 0);
  run_pods();
  EXPECT_EQ(status("numberReady"), 2);
  EXPECT_EQ(status("numberAvailable"), 2);
  EXPECT_EQ(status("updatedNumberScheduled"), 2);
  EXPECT_EQ(status("observedGeneration"), 1);
  EXPECT_TRUE(told("Normal SuccessfulCreate Created pod: agent-"));
}

TEST_F(DaemonSets, FollowsLabels) {
  add_node("n1");
  Json set = make_set();
  set["spec"]["template"]["spec"]["nodeSelector"]["disk"] = "ssd";
  create(set);
  EXPECT_EQ(where(), "");
  EXPECT_EQ(status("desiredNumberScheduled"), 0);
  world.api.edit(node_key("n1"), [](Json& node) { node["metadata"]["labels"]["disk"] = "ssd"; });
  world.settle();
  EXPECT_EQ(where(), "n1");
  run_pods();
  world.api.edit(node_key("n1"), [](Json& node) { node["metadata"]["labels"]["disk"] = "hdd"; });
  world.settle();
  EXPECT_EQ(where(), "");
  EXPECT_TRUE(told("Normal SuccessfulDelete Deleted pod: agent-"));
  end_deleted();
  EXPECT_EQ(status("currentNumberScheduled"), 0);
  EXPECT_EQ(status("numberMisscheduled"), 0);
}

TEST_F(DaemonSets, PodsArePinnedAndTolerateWhatDaemonsDo) {
  add_node("n1");
  create();
  const Json pod = *only_pod().json;
  EXPECT_EQ(pod["spec"]["affinity"]["nodeAffinity"]
               ["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"],
            Json::parse(R"([{"matchFields": [
                {"key": "metadata.name", "operator": "In", "values": ["n1"]}]}])"));
  EXPECT_EQ(pod["spec"]["tolerations"].size(), 6U);
  EXPECT_EQ(text_at(pod, {"metadata", "labels", kRevisionHashLabel}),
            text_at(*world.api.list(kControllerRevisions)[0].json,
                    {"metadata", "labels", kRevisionHashLabel}));
}

TEST_F(DaemonSets, CordonedNodesKeepTheirsTaintedOnesGetNone) {
  add_node("n1");
  create();
  world.api.edit(node_key("n1"), [](Json& node) { node["spec"]["unschedulable"] = true; });
  world.settle();
  EXPECT_EQ(where(), "n1");
  EXPECT_EQ(status("desiredNumberScheduled"), 1);
  const auto taint = [&](const char* effect) {
    world.api.edit(node_key("n1"), [&](Json& node) {
      node["spec"]["taints"] = Json::array({{{"key", "k"}, {"effect", effect}}});
    });
    world.settle();
  };
  taint("NoSchedule");
  EXPECT_EQ(where(), "n1");
  EXPECT_EQ(status("numberMisscheduled"), 1);
  taint("NoExecute");
  EXPECT_EQ(where(), "");
}

TEST_F(DaemonSets, FailedPodsAreReplacedWithBackoff) {
  add_node("n1");
  create();
  const auto fail = [&] {
    const std::string name = only_pod().key.name;
    world.api.edit(pod_key(name), [](Json& pod) { pod["status"]["phase"] = "Failed"; });
    world.settle();
    return name;
  };
  const std::string first = fail();
  EXPECT_TRUE(told("Warning FailedDaemonPod Found failed daemon pod default/" + first +
                   " on node n1, will try to kill it"));
  ASSERT_NE(only_pod().key.name, first);
  const std::string second = fail();
  EXPECT_EQ(only_pod().key.name, second);  // it failed within a second
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_NE(only_pod().key.name, second);
  const std::string third = fail();
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_EQ(only_pod().key.name, third);
  world.clock.advance(Seconds(1));
  world.settle();
  EXPECT_NE(only_pod().key.name, third);
}

TEST_F(DaemonSets, RollsOneNodeAfterTheOther) {
  for (const char* name : {"n1", "n2", "n3"}) add_node(name);
  create();
  run_pods();
  set_image("new");
  for (int step = 0; step < 3; ++step) {
    EXPECT_EQ(pods().size(), 2U) << step;
    EXPECT_EQ(status("updatedNumberScheduled"), step);
    end_deleted();
    EXPECT_EQ(pods().size(), 3U) << step;
    run_pods();
  }
  EXPECT_EQ(with_image("new"), 3U);
  EXPECT_EQ(status("updatedNumberScheduled"), 3);
  EXPECT_EQ(revisions(), 2U);
}

TEST_F(DaemonSets, MaxUnavailableMayBeAShare) {
  for (const char* name : {"n1", "n2", "n3", "n4"}) add_node(name);
  create(make_set({{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxUnavailable", "50%"}}}}));
  run_pods();
  set_image("new");
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DaemonSets, UnavailableOldPodsGoAtOnce) {
  for (const char* name : {"n1", "n2", "n3"}) add_node(name);
  create();
  run_pods(false);
  set_image("new");
  end_deleted();
  EXPECT_EQ(with_image("new"), 3U);
}

TEST_F(DaemonSets, SurgesBesideTheOldPod) {
  for (const char* name : {"n1", "n2"}) add_node(name);
  create(make_set(
      {{"type", "RollingUpdate"}, {"rollingUpdate", {{"maxUnavailable", 0}, {"maxSurge", 1}}}}));
  run_pods();
  set_image("new");
  EXPECT_EQ(pods().size(), 3U);
  EXPECT_EQ(with_image("new"), 1U);
  run_pods();  // the new one serves: the old one goes, and the other node has its turn
  end_deleted();
  run_pods();
  end_deleted();
  EXPECT_EQ(with_image("new"), 2U);
  EXPECT_EQ(pods().size(), 2U);
}

TEST_F(DaemonSets, OnDeleteLeavesThePodsToTheUser) {
  add_node("n1");
  create(make_set({{"type", "OnDelete"}}));
  run_pods();
  set_image("new");
  EXPECT_EQ(with_image("new"), 0U);
  EXPECT_EQ(status("updatedNumberScheduled"), 0);
  world.api.remove(only_pod().key, {});
  end_deleted();
  EXPECT_EQ(with_image("new"), 1U);
}

TEST_F(DaemonSets, RevisionsCountAndAreForgotten) {
  add_node("n1");
  Json set = make_set({{"type", "OnDelete"}});
  set["spec"]["revisionHistoryLimit"] = 1;
  create(set);
  for (const char* image : {"second", "third"}) set_image(image);
  // The first is kept: a pod has it.
  EXPECT_EQ(revisions(), 2U);
  set_image("second");
  std::int64_t latest = 0;
  for (const store::Object& each : world.api.list(kControllerRevisions)) {
    latest = std::max(latest, number_at(*each.json, {"revision"}));
  }
  EXPECT_EQ(latest, 4);
}

TEST_F(DaemonSets, AReturnToAnOldTemplateReusesItsRevision) {
  add_node("n1");
  create();
  set_image("new");
  set_image("kubia");
  ASSERT_EQ(revisions(), 2U);
  for (const store::Object& each : world.api.list(kControllerRevisions)) {
    const bool current = keeps_template(*each.json, world.api.json(key));
    EXPECT_EQ(number_at(*each.json, {"revision"}), current ? 3 : 2);
  }
}

TEST_F(DaemonSets, AdoptsAndReleases) {
  add_node("n1");
  Json orphan = test::make_pod("orphan", "agent");
  orphan["spec"]["nodeName"] = "n1";
  world.api.create("pods", "default", orphan);
  create(make_set({{"type", "OnDelete"}}));
  EXPECT_EQ(pods().size(), 1U);
  EXPECT_EQ(controller_uid(*only_pod().json), uid_of(world.api.json(key)));
  world.api.edit(pod_key("orphan"), [](Json& pod) { pod["metadata"]["labels"]["app"] = "other"; });
  world.settle();
  EXPECT_EQ(pods().size(), 2U);
  EXPECT_EQ(controller_uid(world.api.json(pod_key("orphan"))), "");
}

TEST_F(DaemonSets, PodsThatWaitForAGoneNodeGo) {
  add_node("n1");
  create();
  EXPECT_EQ(where(), "n1");
  world.api.remove(node_key("n1"), {});
  world.settle();
  EXPECT_EQ(where(), "");
}

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
