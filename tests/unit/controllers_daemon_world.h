// A DaemonSet in a world of nodes that a test adds, and whose part it plays.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "controllers_world.h"
#include "supervisor/scheduling/pod_facts.h"

namespace podrun::controllers::test {

inline store::ObjectKey node_key(const std::string& name) { return {"nodes", "", name}; }

inline Json make_set(const Json& strategy = {{"type", "RollingUpdate"}}) {
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
  void taint(const std::string& name, const std::string& effect) {
    world.api.edit(node_key(name), [&](Json& node) {
      node["spec"]["taints"] = Json::array({{{"key", "k"}, {"effect", effect}}});
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
  /// The scheduler lets it there.
  bool may_bind(const Json& pod) const {
    const store::Object* node = world.api.get(node_key(target_node(pod)));
    return node != nullptr && text_at(pod, {"spec", "nodeName"}).empty() &&
           scheduling::first_untolerated(scheduling::taints_of(*node->json),
                                         scheduling::tolerations_of(pod["spec"]),
                                         {"NoSchedule", "NoExecute"}) == nullptr;
  }
  /// The scheduler and the nodes do their part: pods are bound, run and become ready.
  void run_pods(bool ready = true) {
    for (const store::Object& pod : pods()) {
      if (!may_bind(*pod.json)) continue;
      world.api.edit(pod.key, [&](Json& json) {
        json["spec"]["nodeName"] = target_node(json);
        test::set_ready(json, ready, world.clock.wall());
      });
    }
    world.settle();
  }
  void set_ready(const std::string& node, bool ready) {
    for (const store::Object& pod : pods()) {
      if (target_node(*pod.json) != node) continue;
      world.api.edit(pod.key,
                     [&](Json& json) { test::set_ready(json, ready, world.clock.wall()); });
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
  store::Object only_waiting() const {
    auto all = pods();
    std::erase_if(all, [](const store::Object& pod) {
      return !text_at(*pod.json, {"spec", "nodeName"}).empty();
    });
    return all.at(0);
  }
  store::Object only_pod() const { return pods().at(0); }

  const store::ObjectKey key{kDaemonSets, "default", "agent"};
  test::World world;
};

}  // namespace podrun::controllers::test
