// Model checking of Deployments: random edits of template, size and strategy, pods that fail, API
// failures, crashes. In the end all pods are of the latest template.

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "controllers_world.h"
#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/deployment.h"
#include "supervisor/controllers/deployment_status.h"

namespace podrun::controllers {
namespace {

using store::Object;
using store::ObjectKey;

const ObjectKey kKey = {"deployments.apps", "default", "d"};
constexpr int kSteps = 600;

/// The daemon dies here.
struct Crash {};

class DeploymentModel {
 public:
  explicit DeploymentModel(unsigned seed) : random_(seed) {
    world_.api.before_write = [this](const std::string&, const ObjectKey&) {
      if (!is_troubled_ || !in_controllers_) return;
      const int what = pick(100);
      if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
      if (what < 7) throw api::ApiError(500, "InternalError", "disk full");
      if (what < 8) throw Crash();
    };
    Json object = test::make_rc("d", "d", 3);
    object["kind"] = "Deployment";
    object["apiVersion"] = "apps/v1";
    object["spec"]["selector"] = {{"matchLabels", {{"app", "d"}}}};
    object["spec"]["strategy"] = {{"type", "RollingUpdate"}};
    // None, as extensions/v1beta1 has by default.
    if (seed % 3 == 0) {
      object["spec"]["progressDeadlineSeconds"] = std::numeric_limits<std::int32_t>::max();
    }
    world_.api.create("deployments.apps", "default", object);
  }

  void run() {
    for (int i = 0; i < kSteps; ++i) step();
    is_troubled_ = false;
    world_.api.edit(kKey, [](Json& json) { json["spec"].erase("paused"); });
    for (int i = 0; i < 60; ++i) {
      world_.settle();
      for (const Object& pod : world_.api.list("pods")) nurse(pod);
      world_.settle();
      world_.clock.advance(Seconds(101));
    }
    expect_converged();
    world_.api.writes = 0;
    for (int i = 0; i < 3; ++i) {
      world_.clock.advance(Seconds(301));
      world_.settle();
    }
    EXPECT_EQ(world_.api.writes, 0) << "it writes though nothing happens";
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  void step() {
    const int what = pick(100);
    if (what < 30) return node_acts();
    if (what < 38) return user_acts();
    if (what < 65) return world_.deliver(static_cast<std::size_t>(pick(8)));
    if (what < 97) return controllers_run();
    if (what < 99) return world_.clock.advance(std::chrono::milliseconds(pick(20'000)));
    world_.restart();
  }

  void controllers_run() {
    in_controllers_ = true;
    try {
      world_.manager->run_once(world_.clock.now());
    } catch (const Crash&) {
      world_.restart();
    }
    in_controllers_ = false;
  }

  void nurse(const Object& pod) {
    if (is_being_deleted(*pod.json)) return world_.api.confirm_deletion(pod.key);
    if (!is_active(*pod.json) || is_ready(*pod.json)) return;
    world_.api.edit(pod.key, [&](Json& json) {
      json["spec"]["nodeName"] = "n";
      test::set_ready(json, true, world_.clock.wall());
    });
  }

  void node_acts() {
    const std::vector<Object> pods = world_.api.list("pods");
    if (pods.empty()) return;
    const Object& pod = pods[static_cast<std::size_t>(pick(static_cast<int>(pods.size())))];
    if (pick(100) < 80) return nurse(pod);
    world_.api.edit(pod.key, [&](Json& json) {
      pick(2) == 0 ? test::set_ready(json, false, world_.clock.wall())
                   : void(json["status"]["phase"] = "Failed");
    });
  }

  void user_acts() {
    const int what = pick(10);
    if (what == 9) {
      const std::vector<Object> sets = world_.api.list("replicasets.apps");
      if (!sets.empty()) {
        world_.api.edit(sets[static_cast<std::size_t>(pick(static_cast<int>(sets.size())))].key,
                        [&](Json& json) { json["spec"]["replicas"] = pick(4); });
      }
      return;
    }
    world_.api.edit(kKey, [&](Json& json) {
      Json& spec = json["spec"];
      if (what < 4) {
        spec["template"]["spec"]["containers"][0]["image"] = "v" + std::to_string(pick(4));
      } else if (what < 6) {
        spec["replicas"] = pick(6);
      } else if (what == 6) {
        spec["strategy"]["type"] = pick(2) == 0 ? "Recreate" : "RollingUpdate";
      } else if (what == 7) {
        spec["paused"] = pick(3) == 0;
      } else {
        spec["revisionHistoryLimit"] = pick(3);
      }
    });
  }

  void expect_converged() {
    const Json& deployment = world_.api.json(kKey);
    const std::int64_t wanted = replicas_of(deployment);
    const auto pods = active_of(world_.api.list("pods"));
    EXPECT_EQ(static_cast<std::int64_t>(pods.size()), wanted);
    for (const Object& pod : pods) {
      EXPECT_EQ((*pod.json)["spec"]["containers"],
                deployment["spec"]["template"]["spec"]["containers"]);
      EXPECT_NE(controller_ref(*pod.json), nullptr);
    }
    std::int64_t latest = 0, highest = 0;
    for (const Object& set : world_.api.list("replicasets.apps")) {
      const bool is_latest =
          same_template((*set.json)["spec"]["template"], deployment["spec"]["template"]);
      EXPECT_EQ(replicas_of(*set.json), is_latest ? wanted : 0) << set.key.name;
      if (is_latest) latest = revision_of(*set.json);
      highest = std::max(highest, revision_of(*set.json));
    }
    EXPECT_EQ(latest, highest) << "the latest has the highest revision";
    EXPECT_EQ(annotation_of(deployment, kRevision), std::to_string(latest));
    EXPECT_EQ(number_at(deployment, {"status", "updatedReplicas"}), wanted);
    EXPECT_EQ(number_at(deployment, {"status", "availableReplicas"}), wanted);
    const Json* progressing = condition_of(deployment, "Progressing");
    ASSERT_EQ(progressing != nullptr, has_progress_deadline(deployment));
    if (progressing == nullptr) return;
    EXPECT_EQ(text_at(*progressing, {"reason"}), "NewReplicaSetAvailable");
  }

  std::mt19937 random_;
  test::World world_;
  bool is_troubled_ = true, in_controllers_ = false;
};

class ControllersDeploymentModel : public testing::TestWithParam<unsigned> {};

TEST_P(ControllersDeploymentModel, Converges) { DeploymentModel(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, ControllersDeploymentModel, testing::Range(1U, 21U));

}  // namespace
}  // namespace podrun::controllers
