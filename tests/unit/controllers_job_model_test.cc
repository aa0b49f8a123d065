// Model checking of Jobs: pods that end and are deleted at random, what users change, conflicts,
// failures and crashes in the middle of a look. Each pod counts exactly once.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using store::Object;

constexpr int kSteps = 600;
constexpr int kCompletions = 25;

/// The daemon dies here.
struct Crash {};

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed), indexed_(seed % 2 == 0) {
    world_.api.before_write = [this](const std::string& verb, const store::ObjectKey& key) {
      if (in_controllers_) make_trouble(verb, key);
    };
  }

  void run() {
    world_.settle();
    create();
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) step();
    troubled_ = false;
    end_all();
    judge();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return pick(100) < percent; }

  void create() {
    const Json labels = {{"app", "pi"}};
    world_.api.create(kJobs, "default",
                      {{"apiVersion", "batch/v1"},
                       {"kind", "Job"},
                       {"metadata", {{"name", "pi"}}},
                       {"spec",
                        {{"parallelism", 3},
                         {"completions", kCompletions},
                         {"backoffLimit", 1'000'000},
                         {"completionMode", indexed_ ? "Indexed" : "NonIndexed"},
                         {"selector", {{"matchLabels", labels}}},
                         {"template",
                          {{"metadata", {{"labels", labels}}},
                           {"spec",
                            {{"restartPolicy", "Never"},
                             {"containers", Json::array({{{"name", "c"}, {"image", "x"}}})}}}}}}}});
  }

  void step() {
    const int what = pick(100);
    if (what < 35) return node_acts();
    if (what < 40) return user_acts();
    if (what < 60) return world_.deliver(static_cast<std::size_t>(pick(5)));
    if (what < 92) return controllers_run();
    if (what < 98) return world_.clock.advance(Seconds(pick(300)));
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
    note();
  }

  void make_trouble(const std::string& /*verb*/, const store::ObjectKey& /*key*/) {
    if (!troubled_) return;
    const int what = pick(100);
    if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
    if (what < 7) throw api::ApiError(500, "InternalError", "disk full");
    if (what < 9) throw Crash();
    if (what < 14) {
      in_controllers_ = false;
      node_acts();
      in_controllers_ = true;
    }
  }

  /// What became of each pod, by its uid: it has the finalizer when it ends, and is to count.
  void end_pod(const Object& pod, bool well) {
    if (!is_active(*pod.json) || !is_tracked(*pod.json)) return;
    world_.api.edit(pod.key, [&](Json& json) {
      json["status"]["phase"] = well ? "Succeeded" : "Failed";
      json["status"]["containerStatuses"] = Json::array(
          {{{"name", "c"},
            {"state",
             {{"terminated",
               {{"exitCode", well ? 0 : 1}, {"finishedAt", rfc3339(world_.clock.wall())}}}}}}});
    });
    (well ? succeeded_ : failed_).insert(uid_of(*pod.json));
  }

  /// It may end well though it is being deleted.
  void confirm(const Object& pod) {
    if (chance(30)) {
      world_.api.edit(pod.key, [](Json& json) {
        if (!has_ended(json)) json["status"]["phase"] = "Succeeded";
      });
    }
    world_.api.confirm_deletion(pod.key);
  }

  void node_acts() {
    const std::vector<Object> pods = world_.api.list("pods", "default");
    if (pods.empty()) return;
    const Object& pod = pods[static_cast<std::size_t>(pick(static_cast<int>(pods.size())))];
    if (is_being_deleted(*pod.json)) return confirm(pod);
    if (chance(60)) return end_pod(pod, chance(60));
    if (!is_active(*pod.json)) return;
    world_.api.edit(pod.key, [&](Json& json) {
      json["spec"]["nodeName"] = "n1";
      test::set_ready(json, true, world_.clock.wall());
    });
  }

  void user_acts() {
    const int what = pick(3);
    if (what == 0) {
      world_.api.edit(key_, [&](Json& job) { job["spec"]["parallelism"] = pick(5); });
    } else if (what == 1) {
      world_.api.edit(key_, [&](Json& job) { job["spec"]["suspend"] = chance(30); });
    } else {
      const std::vector<Object> pods = world_.api.list("pods", "default");
      if (pods.empty()) return;
      const Object& pod = pods[static_cast<std::size_t>(pick(static_cast<int>(pods.size())))];
      if (is_being_deleted(*pod.json)) return;
      const bool counts = is_active(*pod.json) && is_tracked(*pod.json);
      world_.api.remove(pod.key, {});
      if (counts) deleted_.insert(uid_of(*pod.json));
    }
  }

  static std::int64_t count(const std::set<std::string>& uids) {
    return static_cast<std::int64_t>(uids.size());
  }
  std::int64_t ended() const { return count(succeeded_) + count(failed_) + count(deleted_); }

  /// The counts never go back, and never exceed what has ended.
  void note() {
    const Json& job = world_.api.json(key_);
    const std::int64_t succeeded = number_at(job, {"status", "succeeded"});
    const std::int64_t failed = number_at(job, {"status", "failed"});
    EXPECT_GE(succeeded, last_succeeded_);
    EXPECT_GE(failed, last_failed_);
    EXPECT_LE(succeeded, count(succeeded_) + count(deleted_));
    EXPECT_LE(failed, count(failed_) + count(deleted_));
    EXPECT_TRUE(indexed_ || succeeded + failed <= ended()) << succeeded << " " << failed;
    last_succeeded_ = succeeded;
    last_failed_ = failed;
  }

  void end_all() {
    world_.api.edit(key_, [](Json& job) {
      job["spec"]["suspend"] = false;
      job["spec"]["parallelism"] = 3;
    });
    world_.restart();
    for (int round = 0; round < 200 && !is_finished(world_.api.json(key_)); ++round) {
      world_.settle();
      for (const Object& pod : world_.api.list("pods")) {
        if (is_being_deleted(*pod.json)) {
          world_.api.confirm_deletion(pod.key);
        } else {
          end_pod(pod, true);
        }
      }
      world_.clock.advance(Seconds(601));
    }
    world_.settle();
  }

  void judge() {
    const Json& job = world_.api.json(key_);
    ASSERT_TRUE(is_finished(job)) << job.dump(1);
    const std::int64_t failed = number_at(job, {"status", "failed"});
    EXPECT_GE(failed, count(failed_));
    if (indexed_) {
      EXPECT_LE(failed, count(failed_) + count(deleted_));
      EXPECT_EQ(number_at(job, {"status", "succeeded"}), kCompletions);
      EXPECT_EQ(text_at(job, {"status", "completedIndexes"}), "0-24");
    } else {
      EXPECT_EQ(number_at(job, {"status", "succeeded"}) + failed, ended());
    }
    EXPECT_EQ(number_at(job, {"status", "active"}), 0);
    EXPECT_EQ((*find(job, {"status", "uncountedTerminatedPods"})).dump(), "{}");
    for (const Object& pod : world_.api.list("pods")) EXPECT_FALSE(is_tracked(*pod.json));
    world_.api.writes = 0;
    world_.clock.advance(Seconds(301));
    world_.settle();
    EXPECT_EQ(world_.api.writes, 0) << "it writes though nothing happens";
  }

  std::mt19937 random_;
  bool indexed_;
  test::World world_;
  const store::ObjectKey key_{kJobs, "default", "pi"};
  std::set<std::string> succeeded_, failed_;  // uids
  std::set<std::string> deleted_;             // that count as the one or the other
  std::int64_t last_succeeded_ = 0, last_failed_ = 0;
  bool in_controllers_ = false, troubled_ = true;
};

class JobsModel : public testing::TestWithParam<unsigned> {};

TEST_P(JobsModel, CountsEachPodOnce) { Model(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, JobsModel, testing::Range(1U, 41U));

}  // namespace
}  // namespace podrun::controllers
