// Model checking of CronJobs: jobs that end and go at random, what users change, clocks that are
// set, conflicts, failures and crashes in the middle of a look.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "controllers_cron_world.h"

namespace podrun::controllers {
namespace {

using store::Object;

constexpr int kSteps = 400;

/// The daemon dies here.
struct Crash {};

class Model {
 public:
  explicit Model(unsigned seed) : random_(seed) {
    world_.api.before_write = [this](const std::string& verb, const store::ObjectKey& key) {
      if (!in_controllers_) return;
      check_write(verb, key);
      make_trouble();
    };
  }

  void run() {
    world_.create({});
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) step();
    troubled_ = false;
    judge();
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  bool chance(int percent) { return pick(100) < percent; }

  void step() {
    const int what = pick(100);
    if (what < 15) return jobs_act();
    if (what < 22) return user_acts();
    if (what < 45) return world_.deliver(static_cast<std::size_t>(pick(5)));
    if (what < 75) return controllers_run();
    if (what < 95) return world_.clock.advance(Seconds(pick(90)));
    if (what < 97) return set_clock();
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

  void make_trouble() {
    if (!troubled_) return;
    const int what = pick(100);
    if (what < 4) throw api::ApiError(409, "Conflict", "the object has been modified");
    if (what < 7) throw api::ApiError(500, "InternalError", "disk full");
    if (what < 9) throw Crash();
    if (what < 14) {
      in_controllers_ = false;
      jobs_act();
      in_controllers_ = true;
    }
  }

  void jobs_act() {
    const std::vector<Object> jobs = world_.jobs();
    if (jobs.empty()) return;
    const Object& job = jobs[static_cast<std::size_t>(pick(static_cast<int>(jobs.size())))];
    if (chance(10)) return world_.api.remove(job.key, {});
    if (!is_finished(*job.json)) world_.end_job(job.key, chance(70) ? "Complete" : "Failed");
  }

  void user_acts() {
    constexpr const char* kPolicies[] = {"Allow", "Forbid", "Replace"};
    constexpr const char* kSchedules[] = {"* * * * *", "*/5 * * * *", "@every 90s"};
    world_.api.edit(world_.key, [&](Json& json) {
      Json& spec = json["spec"];
      const int what = pick(4);
      if (what == 0) spec["suspend"] = chance(30);
      if (what == 1) spec["concurrencyPolicy"] = kPolicies[pick(3)];
      if (what == 2) spec["schedule"] = kSchedules[pick(3)];
      if (what == 3) spec["successfulJobsHistoryLimit"] = pick(4);
    });
  }

  void set_clock() { world_.clock.set_wall(world_.clock.wall() + Seconds(pick(1200) - 600)); }

  /// Whose jobs are made and deleted, and when.
  void check_write(const std::string& verb, const store::ObjectKey& key) {
    if (key.resource != kJobs) return;
    const Json& cron_job = world_.cron_job();
    const std::string& policy = text_at(cron_job, {"spec", "concurrencyPolicy"});
    if (verb == "create") {
      EXPECT_FALSE(flag_at(cron_job, {"spec", "suspend"}));
      EXPECT_TRUE(policy != "Forbid" || listed_running() == 0) << "two at a time";
      const WallTime scheduled{std::chrono::minutes(std::stoll(key.name.substr(5)))};
      EXPECT_LE(scheduled, world_.clock.wall()) << "before its time";
    } else if (verb == "delete") {
      const Object* job = world_.api.get(key);
      ASSERT_NE(job, nullptr);
      EXPECT_TRUE(is_finished(*job->json) || policy == "Replace") << "it still runs";
    }
  }

  std::size_t listed_running() const {
    std::size_t count = 0;
    const Json* active = find(world_.cron_job(), {"status", "active"});
    if (active == nullptr) return 0;
    for (const Json& each : *active) {
      const Object* job = world_.api.get({kJobs, "default", text_at(each, {"name"})});
      count += job != nullptr && uid_of(*job->json) == text_at(each, {"uid"}) &&
               !is_finished(*job->json);
    }
    return count;
  }

  /// No time comes twice.
  void note() {
    const auto last = time_at(world_.cron_job(), {"status", "lastScheduleTime"});
    if (!last) return;
    EXPECT_GE(*last, last_);
    last_ = *last;
  }

  /// Whatever has been, the minute that was last is made up for.
  void judge_start() {
    world_.api.edit(world_.key, [](Json& json) {
      json["spec"]["suspend"] = false;
      json["spec"]["schedule"] = "* * * * *";
      json["spec"]["concurrencyPolicy"] = "Allow";
    });
    world_.clock.set_wall(std::max(world_.clock.wall(), last_) + Seconds(120));
    world_.restart();
    world_.settle();
    EXPECT_EQ(text_at(world_.cron_job(), {"status", "lastScheduleTime"}),
              rfc3339(std::chrono::floor<std::chrono::minutes>(world_.clock.wall())));
  }

  void judge() {
    judge_start();
    world_.api.edit(world_.key, [](Json& json) {
      json["spec"]["schedule"] = "0 0 1 1 *";
      json["spec"]["successfulJobsHistoryLimit"] = 3;
    });
    world_.restart();
    for (int i = 0; i < 3; ++i) {
      world_.settle();
      world_.clock.advance(Seconds(301));
      world_.end_jobs();
    }
    EXPECT_EQ(world_.active(), 0U);
    std::size_t complete = 0, failed = 0;
    for (const Object& job : world_.jobs()) {
      ++(condition_of(*job.json, "Failed") != nullptr ? failed : complete);
    }
    EXPECT_LE(complete, 3U);
    EXPECT_LE(failed, 1U);
    world_.api.writes = 0;
    world_.clock.advance(Seconds(301));
    world_.settle();
    EXPECT_EQ(world_.api.writes, 0) << "it writes though nothing happens";
  }

  std::mt19937 random_;
  test::CronWorld world_{"2025-11-23T10:00:00Z"};
  WallTime last_ = world_.clock.wall();  // scheduled, or when it was created
  bool in_controllers_ = false, troubled_ = true;
};

class CronJobsModel : public testing::TestWithParam<unsigned> {};

TEST_P(CronJobsModel, StartsEachTimeOnceAndKeepsItsHistory) { Model(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, CronJobsModel, testing::Range(1U, 41U));

}  // namespace
}  // namespace podrun::controllers
