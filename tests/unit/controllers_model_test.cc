// Model checking: random interleavings of what users and nodes do with what controllers see, API
// conflicts and failures, lost and late changes, and crashes in the middle of a look.

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using store::Object;
using store::ObjectKey;

constexpr int kApps = 5;
constexpr int kSteps = 1000;

/// The daemon dies here.
struct Crash {};

std::string app(int i) { return "a" + std::to_string(i); }

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    world_.api.before_write = [this](const std::string&, const ObjectKey&) {
      if (in_controllers_ && is_troubled_) make_trouble();
    };
    world_.api.on_remove = [this](const Object& object) {
      if (in_controllers_) judge_deletion(object);
    };
  }

  void run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) step();
    come_to_rest();
    expect_converged();
    expect_quiet();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return pick(100) < percent; }

  template <typename Use>
  void with_random(const std::string& resource, Use use) {
    const std::vector<Object> all = world_.api.list(resource, "default");
    if (!all.empty()) use(all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))]);
  }

  // ---- the controllers

  void step() {
    const int what = pick(100);
    if (what < 30) return node_acts();
    if (what < 50) return user_acts();
    if (what < 70) return world_.deliver(static_cast<std::size_t>(pick(6)));
    if (what < 97) return controllers_run();
    if (what < 99) return world_.clock.advance(std::chrono::milliseconds(pick(20'000)));
    world_.restart();
  }

  using Counts = std::map<std::string, std::size_t>;
  /// Active owned pods of each controller that lives, by its uid.
  Counts count_owned() const {
    Counts counts;
    for (const Object& each : controllers()) {
      const auto pods = active_of(world_.api.list("pods", "default"));
      counts[uid_of(*each.json)] = decide_claims(*each.json, pods).owned.size();
    }
    return counts;
  }
  std::size_t count_orphans() const {
    std::size_t count = 0;
    for (const Object& each : world_.api.list("pods")) count += !controller_ref(*each.json);
    return count;
  }
  std::vector<Object> controllers() const {
    std::vector<Object> all = world_.api.list("replicationcontrollers", "default");
    for (const Object& each : world_.api.list("replicasets.apps", "default")) all.push_back(each);
    return all;
  }

  void controllers_run() {
    const Counts before = count_owned();
    // Adopting may fail half-way, and leave more than wanted until the next look.
    const std::size_t orphans = count_orphans();
    is_disturbed_ = false;
    in_controllers_ = true;
    try {
      world_.manager->run_once(world_.clock.now());
    } catch (const Crash&) {
      world_.restart();
    }
    in_controllers_ = false;
    if (is_disturbed_) return;
    const Counts after = count_owned();
    for (const Object& each : controllers()) {
      const auto wanted = static_cast<std::size_t>(number_at(*each.json, {"spec", "replicas"}));
      const auto was = before.find(uid_of(*each.json));
      if (is_being_deleted(*each.json) || was == before.end()) continue;
      const std::size_t is = after.at(was->first);
      EXPECT_LE(is, std::max(wanted, was->second + orphans)) << each.key.name << " has too many";
      EXPECT_GE(is, std::min(wanted, was->second)) << each.key.name << " has too few";
    }
  }

  /// Before each write of the controllers.
  void make_trouble() {
    const int what = pick(100);
    if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
    if (what < 7) throw api::ApiError(500, "InternalError", "disk full");
    if (what < 8) throw Crash();
    if (what >= 16) return;
    is_disturbed_ = true;
    in_controllers_ = false;
    chance(50) ? node_acts() : relabel();
    in_controllers_ = true;
  }

  void judge_deletion(const Object& object) {
    ASSERT_NE(find(*object.json, {"metadata", "ownerReferences"}), nullptr)
        << object.key.name << " is nobody's, and deleted";
    bool any_solid = false;
    const Object* controller = nullptr;
    for (const Json& each : (*object.json)["metadata"]["ownerReferences"]) {
      EXPECT_EQ(orphaning_.count(text_at(each, {"uid"})), 0U) << "an orphan is deleted";
      const auto key = owner_key(types_, each, "default");
      const Object* owner = world_.api.get(*key);
      if (owner == nullptr || uid_of(*owner->json) != text_at(each, {"uid"})) continue;
      if (is_waiting_for_dependents(*owner->json)) continue;
      any_solid = true;
      if (flag_at(each, {"controller"})) controller = owner;
    }
    if (!any_solid) return;
    ASSERT_NE(controller, nullptr) << object.key.name << " has an owner, and is deleted";
    EXPECT_EQ(decide_claim(*controller->json, Selector::of(*controller->json), *object.json),
              Claim::kOwned)
        << object.key.name << " is to be released, and deleted";
    if (is_disturbed_) return;
    const auto owned = decide_claims(*controller->json, active_of(world_.api.list("pods"))).owned;
    EXPECT_GT(static_cast<std::int64_t>(owned.size()),
              number_at(*controller->json, {"spec", "replicas"}))
        << object.key.name;
  }

  // ---- nodes and users

  void node_acts() {
    with_random("pods", [&](const Object& pod) {
      if (is_being_deleted(*pod.json) && chance(60)) return world_.api.confirm_deletion(pod.key);
      const int what = pick(10);
      world_.api.edit(pod.key, [&](Json& json) {
        if (what < 4) json["spec"]["nodeName"] = "n" + std::to_string(pick(3));
        if (what < 8) test::set_ready(json, chance(80), world_.clock.wall());
        if (what == 9) json["status"]["phase"] = chance(50) ? "Failed" : "Succeeded";
      });
    });
  }

  void relabel() {
    with_random("pods", [&](const Object& pod) {
      world_.api.edit(
          pod.key, [&](Json& json) { json["metadata"]["labels"]["app"] = app(pick(kApps + 1)); });
    });
  }

  ObjectKey controller_key(int i) const {
    return i < 3 ? test::rc_key("c" + std::to_string(i)) : test::rs_key("c" + std::to_string(i));
  }

  void edit_controller(int i) {
    const ObjectKey key = controller_key(i);
    const Object* present = world_.api.get(key);
    if (present == nullptr) {
      const std::string name = "c" + std::to_string(i);
      world_.api.create(
          key.resource, "default",
          i < 3 ? test::make_rc(name, app(i), pick(5)) : test::make_rs(name, app(i), pick(5)));
      return;
    }
    const int what = pick(10);
    if (what < 2 && !is_being_deleted(*present->json)) {
      const char* policies[] = {"Background", "Foreground", "Orphan"};
      api::DeleteOptions options;
      options.propagation_policy = policies[pick(3)];
      if (options.propagation_policy == "Orphan") orphaning_.insert(uid_of(*present->json));
      return world_.api.remove(key, options);
    }
    world_.api.edit(key, [&](Json& json) {
      Json& spec = json["spec"];
      if (what < 7) spec["replicas"] = pick(6);
      if (what == 7) spec["template"]["metadata"]["annotations"]["v"] = std::to_string(pick(9));
      if (what == 8) spec["minReadySeconds"] = pick(3) * 5;
      if (what == 9 && i < 3) {
        // Selector and template together, to one that another controller may have, too.
        spec["selector"]["app"] = spec["template"]["metadata"]["labels"]["app"] = app(pick(kApps));
      }
    });
  }

  /// An object with owners among pods and its like: food for the garbage collector.
  void make_dependent() {
    Json map = {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"generateName", "m-"}}}};
    const auto own = [&](const Object& owner) {
      map["metadata"]["ownerReferences"].push_back({{"apiVersion", "v1"},
                                                    {"kind", text_at(*owner.json, {"kind"})},
                                                    {"name", owner.key.name},
                                                    {"uid", uid_of(*owner.json)},
                                                    {"blockOwnerDeletion", chance(50)}});
    };
    with_random("pods", own);
    with_random("configmaps", own);
    if (chance(50)) with_random("replicationcontrollers", own);
    world_.api.create("configmaps", "default", map);
  }

  void user_acts() {
    const int what = pick(100);
    if (what < 45) return edit_controller(pick(kApps));
    if (what < 65) return relabel();
    if (what < 80) {
      return with_random("pods", [&](const Object& pod) {
        api::DeleteOptions options;
        if (chance(30)) options.grace_period_seconds = 0;
        world_.api.remove(pod.key, options);
      });
    }
    if (what < 90) return make_dependent();
    if (what < 93) {
      return with_random("configmaps", [&](const Object& map) {
        api::DeleteOptions options;
        options.propagation_policy = chance(50) ? "Foreground" : "Background";
        if (!is_being_deleted(*map.json)) world_.api.remove(map.key, options);
      });
    }
    world_.api.create("pods", "default",
                      test::make_pod("naked-" + std::to_string(++naked_), app(pick(kApps))));
  }

  // ---- the end

  void come_to_rest() {
    is_troubled_ = false;
    for (int round = 0; round < 12; ++round) {
      world_.settle();
      for (const Object& pod : world_.api.list("pods")) {
        if (is_being_deleted(*pod.json)) world_.api.confirm_deletion(pod.key);
      }
      world_.settle();
      // Past every backoff: the longest is 1000 s.
      world_.clock.advance(Seconds(301));
    }
    world_.settle();
  }

  void expect_converged() {
    const auto pods = active_of(world_.api.list("pods", "default"));
    for (const Object& each : controllers()) {
      const Json& json = *each.json;
      ASSERT_FALSE(is_being_deleted(json)) << each.key.name << " never ends";
      const Claims claims = decide_claims(json, pods);
      EXPECT_EQ(static_cast<std::int64_t>(claims.owned.size()),
                number_at(json, {"spec", "replicas"}))
          << each.key.name;
      EXPECT_TRUE(claims.adopt.empty()) << each.key.name;
      EXPECT_TRUE(claims.release.empty()) << each.key.name;
      EXPECT_EQ(number_at(json, {"status", "replicas"}), number_at(json, {"spec", "replicas"}));
      EXPECT_EQ(number_at(json, {"status", "observedGeneration"}),
                number_at(json, {"metadata", "generation"}));
    }
    for (const char* resource : {"pods", "configmaps"}) {
      for (const Object& each : world_.api.list(resource)) expect_owners(each);
    }
  }

  void expect_owners(const Object& object) {
    const Json* references = find(*object.json, {"metadata", "ownerReferences"});
    if (references == nullptr) return;
    for (const Json& each : *references) {
      const Object* owner = world_.api.get(*owner_key(types_, each, "default"));
      ASSERT_NE(owner, nullptr) << object.key.name << " has an owner that is gone";
      EXPECT_EQ(uid_of(*owner->json), text_at(each, {"uid"})) << object.key.name;
    }
  }

  void expect_quiet() {
    world_.api.writes = 0;
    for (int i = 0; i < 3; ++i) {
      world_.clock.advance(Seconds(301));
      world_.settle();
    }
    EXPECT_EQ(world_.api.writes, 0) << "it writes though nothing happens";
  }

  std::mt19937 random_;
  test::World world_;
  const ResourceTypes types_ = test::served_types();
  std::set<std::string> orphaning_;  // uids
  bool in_controllers_ = false, is_disturbed_ = false, is_troubled_ = true;
  int naked_ = 0;
};

class ControllersModel : public testing::TestWithParam<unsigned> {};

TEST_P(ControllersModel, Converges) { Model(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, ControllersModel, testing::Range(1U, 21U));

}  // namespace
}  // namespace podrun::controllers
