// CronJobs under a manager, with a clock on the wall that can be set.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "controllers_fake_api.h"
#include "supervisor/controllers/job.h"
#include "supervisor/controllers/manager.h"

namespace podrun::controllers::test {

class SettableClock final : public Clock {
 public:
  explicit SettableClock(WallTime wall) : wall_(wall) {}
  Moment now() const override { return now_; }
  WallTime wall() const override { return wall_; }
  void advance(Nanoseconds by) {
    now_ += by;
    wall_ += by;
  }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  Moment now_{std::chrono::hours(1)};
  WallTime wall_;
};

struct CronWorld {
  SettableClock clock;
  FakeApi api{clock};
  std::vector<std::string> failures;
  std::unique_ptr<Manager> manager;
  const store::ObjectKey key{kCronJobs, "default", "tick"};

  explicit CronWorld(const std::string& start) : clock(parse_rfc3339(start)) {
    setenv("TZ", "UTC", 1);  // NOLINT(concurrency-mt-unsafe): one thread
    restart();
    settle();
  }

  void restart() {
    ManagerOptions options;
    options.on_failure = [this](const std::string& text) { failures.push_back(text); };
    api.changes.clear();
    manager = std::make_unique<Manager>(api, clock, served_types(), options);
  }
  void deliver(std::size_t most = 1'000'000) {
    for (; most > 0 && !api.changes.empty(); --most) {
      const store::Change change = api.changes.front();
      api.changes.pop_front();
      manager->on_change(change);
    }
  }
  void settle() {
    for (int i = 0; i < 10'000; ++i) {
      deliver();
      if (const auto due = manager->next_deadline(); !due || *due > clock.now()) return;
      manager->run_once(clock.now());
    }
    ADD_FAILURE() << "the controllers do not come to rest";
  }
  /// Time passes, and each deadline is kept to the nanosecond.
  void pass(Nanoseconds by) {
    const Moment end = clock.now() + by;
    settle();
    for (auto due = manager->next_deadline(); due && *due <= end; due = manager->next_deadline()) {
      clock.advance(std::max(Nanoseconds(0), *due - clock.now()));
      settle();
    }
    clock.advance(end - clock.now());
  }
  void pass_until(const std::string& time) { pass(parse_rfc3339(time) - clock.wall()); }

  /// Jobs are nobody's to run.
  void create(const Json& spec) {
    Json object = {
        {"apiVersion", "batch/v1"},
        {"kind", "CronJob"},
        {"metadata", {{"name", "tick"}}},
        {"spec",
         {{"schedule", "* * * * *"},
          {"concurrencyPolicy", "Allow"},
          {"suspend", false},
          {"successfulJobsHistoryLimit", 3},
          {"failedJobsHistoryLimit", 1},
          {"jobTemplate",
           {{"metadata", {{"labels", {{"app", "tick"}}}, {"annotations", {{"note", "mine"}}}}},
            {"spec", {{"managedBy", "nobody.example.com/x"}}}}}}}};
    for (const auto& [field, value] : spec.items()) object["spec"][field] = value;
    api.create(kCronJobs, "default", std::move(object));
    settle();
  }
  const Json& cron_job() const { return api.json(key); }
  std::vector<store::Object> jobs() const { return api.list(kJobs, "default"); }
  /// The times they were made for, "10:15 10:30".
  std::string times() const {
    const std::vector<store::Object> present = jobs();
    std::vector<std::string> all;
    all.reserve(present.size());
    for (const store::Object& job : present) {
      const std::string minutes = job.key.name.substr(job.key.name.rfind('-') + 1);
      all.push_back(rfc3339(WallTime(std::chrono::minutes(std::stoll(minutes)))).substr(11, 5));
    }
    std::sort(all.begin(), all.end());
    std::string text;
    for (const std::string& each : all) text += (text.empty() ? "" : " ") + each;
    return text;
  }
  std::size_t active() const {
    const Json* all = find(cron_job(), {"status", "active"});
    return all == nullptr ? 0 : all->size();
  }
  void end_job(const store::ObjectKey& job, const char* outcome) {
    api.edit(job, [&](Json& json) {
      json["status"] = {{"startTime", rfc3339(clock.wall())},
                        {"conditions", Json::array({{{"type", outcome}, {"status", "True"}}})}};
      if (std::string_view(outcome) == "Complete") {
        json["status"]["completionTime"] = rfc3339(clock.wall());
      }
    });
  }
  void end_jobs(const char* outcome = "Complete") {
    for (const store::Object& job : jobs()) {
      if (!is_finished(*job.json)) end_job(job.key, outcome);
    }
    settle();
  }
  std::size_t count_event(const std::string& text) const {
    return static_cast<std::size_t>(std::count(api.events.begin(), api.events.end(), text));
  }
};

}  // namespace podrun::controllers::test
