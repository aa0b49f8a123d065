// CronJobs: which jobs are started when, and what becomes of them.
#include <gtest/gtest.h>

#include <limits>

#include "controllers_cron_world.h"

namespace podrun::controllers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class CronJobs : public testing::Test {
 protected:
  test::CronWorld world{"2025-11-23T10:07:30Z"};

  std::string status(const char* field) const {
    return text_at(world.cron_job(), {"status", field});
  }
  /// The daemon is not there for a while.
  void stay_down_until(const std::string& time) {
    world.clock.advance(parse_rfc3339(time) - world.clock.wall());
    world.restart();
    world.settle();
  }
  /// The clock on the wall is set, and a node's heartbeat comes by.
  void set_clock(const std::string& time) {
    world.clock.set_wall(parse_rfc3339(time));
    if (world.api.get(beat) == nullptr) {
      world.api.create(
          beat.resource, beat.namespace_,
          {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "b"}}}});
    } else {
      world.api.edit(beat, [&](Json& json) { json["data"]["at"] = time; });
    }
    world.settle();
  }
  const store::ObjectKey beat{"configmaps", "default", "b"};
};

TEST_F(CronJobs, StartsAJobOnTime) {
  world.create({{"schedule", "0,15,30,45 * * * *"}});
  world.pass(minutes(7));
  EXPECT_EQ(world.times(), "");
  world.pass(Seconds(30));
  ASSERT_EQ(world.times(), "10:15");
  const Json& job = *world.jobs().front().json;
  EXPECT_EQ(name_of(job), "tick-29398215");
  EXPECT_EQ((*find(job, {"metadata", "labels"})).dump(), R"({"app":"tick"})");
  EXPECT_EQ(annotation_of(job, "note"), "mine");
  EXPECT_EQ(annotation_of(job, "batch.kubernetes.io/cronjob-scheduled-timestamp"),
            "2025-11-23T10:15:00Z");
  const Json& owner = (*find(job, {"metadata", "ownerReferences"}))[0];
  EXPECT_EQ(text_at(owner, {"kind"}) + " " + text_at(owner, {"name"}), "CronJob tick");
  EXPECT_EQ(owner["controller"], true);
  EXPECT_EQ(world.active(), 1U);
  EXPECT_EQ(text_at((*find(world.cron_job(), {"status", "active"}))[0], {"uid"}), uid_of(job));
  EXPECT_EQ(status("lastScheduleTime"), "2025-11-23T10:15:00Z");
  EXPECT_EQ(world.count_event("Normal SuccessfulCreate Created job tick-29398215"), 1U);
  world.pass(minutes(45));
  EXPECT_EQ(world.times(), "10:15 10:30 10:45 11:00");
  EXPECT_EQ(world.failures, std::vector<std::string>{});
}

TEST_F(CronJobs, ADeadlineBeyondAllTimeIsNone) {
  world.create({{"schedule", "0,15,30,45 * * * *"},
                {"startingDeadlineSeconds", std::numeric_limits<std::int64_t>::max()}});
  world.pass_until("2025-11-23T10:20:00Z");
  stay_down_until("2025-11-23T10:50:00Z");
  EXPECT_EQ(world.times(), "10:15 10:45");
}

TEST_F(CronJobs, TheClassicQuarterHoursWithADeadline) {
  world.create({{"schedule", "0,15,30,45 * * * *"}, {"startingDeadlineSeconds", 15}});
  world.pass_until("2025-11-23T10:20:00Z");
  EXPECT_EQ(world.times(), "10:15");
  stay_down_until("2025-11-23T10:45:10Z");
  EXPECT_EQ(world.times(), "10:15 10:45") << "ten seconds late is in time";
  stay_down_until("2025-11-23T11:00:20Z");
  EXPECT_EQ(world.times(), "10:15 10:45") << "twenty seconds late is missed";
  world.pass_until("2025-11-23T11:15:00Z");
  EXPECT_EQ(world.times(), "10:15 10:45 11:15");
}

TEST_F(CronJobs, OfTimesMissedOnlyTheLastIsMadeUpFor) {
  world.create({});
  world.pass_until("2025-11-23T10:08:00Z");
  stay_down_until("2025-11-23T10:20:30Z");
  EXPECT_EQ(world.times(), "10:08 10:20");
  EXPECT_EQ(status("lastScheduleTime"), "2025-11-23T10:20:00Z");
  EXPECT_EQ(world.count_event("Warning TooManyMissedTimes too many missed start times. Set or "
                              "decrease .spec.startingDeadlineSeconds or check clock skew"),
            0U);
  stay_down_until("2025-11-23T12:02:30Z");
  EXPECT_EQ(world.times(), "10:08 10:20 12:02");
  EXPECT_EQ(world.count_event("Warning TooManyMissedTimes too many missed start times. Set or "
                              "decrease .spec.startingDeadlineSeconds or check clock skew"),
            1U);
  world.pass(minutes(1));
  EXPECT_EQ(world.times(), "10:08 10:20 12:02 12:03");
}

TEST_F(CronJobs, AllowLetsJobsOverlap) {
  world.create({});
  world.pass(minutes(3));
  EXPECT_EQ(world.active(), 3U);
}

TEST_F(CronJobs, ForbidWaitsForTheJobBefore) {
  world.create({{"concurrencyPolicy", "Forbid"}});
  world.pass_until("2025-11-23T10:10:30Z");
  EXPECT_EQ(world.times(), "10:08");
  EXPECT_GE(world.count_event("Normal JobAlreadyActive Not starting job because prior execution is "
                              "running and concurrency policy is Forbid"),
            1U);
  world.end_jobs();
  EXPECT_EQ(world.times(), "10:08 10:10") << "late, as there is no deadline";
  EXPECT_EQ(world.active(), 1U);
  world.end_jobs();
  EXPECT_EQ(world.times(), "10:08 10:10");
}

TEST_F(CronJobs, ForbidWithADeadlineSkips) {
  world.create({{"concurrencyPolicy", "Forbid"}, {"startingDeadlineSeconds", 10}});
  world.pass_until("2025-11-23T10:10:30Z");
  world.end_jobs();
  EXPECT_EQ(world.times(), "10:08");
  world.pass_until("2025-11-23T10:11:00Z");
  EXPECT_EQ(world.times(), "10:08 10:11");
}

TEST_F(CronJobs, ReplaceEndsTheJobBefore) {
  world.create({{"concurrencyPolicy", "Replace"}});
  world.pass_until("2025-11-23T10:08:30Z");
  ASSERT_EQ(world.jobs().size(), 1U);
  const std::string first = world.jobs().front().key.name;
  world.pass_until("2025-11-23T10:09:00Z");
  EXPECT_EQ(world.times(), "10:09");
  EXPECT_EQ(world.active(), 1U);
  EXPECT_EQ(world.count_event("Normal SuccessfulDelete Deleted job " + first), 1U);
}

TEST_F(CronJobs, KeepsAHistory) {
  world.create({});
  for (int i = 0; i < 6; ++i) {
    world.pass(minutes(1));
    world.end_jobs(i % 3 == 2 ? "Failed" : "Complete");
  }
  EXPECT_EQ(world.times(), "10:09 10:11 10:12 10:13") << "of failed ones one, of others three";
  EXPECT_EQ(world.active(), 0U);
  EXPECT_EQ(status("lastSuccessfulTime"), "2025-11-23T10:12:30Z");
  EXPECT_EQ(world.count_event(
                "Normal SawCompletedJob Saw completed job: tick-29398208, condition: Complete"),
            1U);
  EXPECT_EQ(world.count_event(
                "Normal SawCompletedJob Saw completed job: tick-29398210, condition: Failed"),
            1U);
  EXPECT_EQ(world.count_event("Normal SuccessfulDelete Deleted job tick-29398208"), 1U);
  world.api.edit(world.key, [](Json& json) {
    json["spec"]["successfulJobsHistoryLimit"] = 0;
    json["spec"]["suspend"] = true;
  });
  world.settle();
  EXPECT_EQ(world.times(), "10:13");
}

TEST_F(CronJobs, NoticesJobsThatGoAndJobsThatCome) {
  world.create({});
  world.pass_until("2025-11-23T10:08:30Z");
  const store::Object job = world.jobs().front();
  world.api.remove(job.key, {});
  world.settle();
  EXPECT_EQ(world.active(), 0U);
  EXPECT_EQ(world.count_event("Normal MissingJob Active job went missing: " + job.key.name), 1U);
  EXPECT_EQ(world.times(), "") << "its time has been";
  Json other = *job.json;
  other["metadata"] = {{"name", "by-hand"},
                       {"ownerReferences", (*job.json)["metadata"]["ownerReferences"]}};
  world.api.create(kJobs, "default", other);
  world.settle();
  EXPECT_EQ(world.count_event("Warning UnexpectedJob Saw a job that the controller did not create "
                              "or forgot: by-hand"),
            1U);
  EXPECT_EQ(world.active(), 0U);
}

TEST_F(CronJobs, AJobOfTheNameThatIsThereCountsAsMade) {
  world.create({});
  bool failed = false;
  world.api.before_write = [&](const std::string& verb, const store::ObjectKey& key) {
    if (failed || verb != "status" || key != world.key) return;
    failed = true;
    throw api::ApiError(500, "InternalError", "disk full");
  };
  world.pass_until("2025-11-23T10:08:30Z");
  EXPECT_TRUE(failed);
  EXPECT_EQ(world.times(), "10:08");
  EXPECT_EQ(world.active(), 1U);
  EXPECT_EQ(status("lastScheduleTime"), "2025-11-23T10:08:00Z");
  EXPECT_EQ(world.count_event("Normal SuccessfulCreate Created job tick-29398208"), 1U);
  // Another's is none of its.
  world.api.create(kJobs, "default",
                   {{"apiVersion", "batch/v1"},
                    {"kind", "Job"},
                    {"metadata", {{"name", "tick-29398209"}}},
                    {"spec", {{"managedBy", "nobody.example.com/x"}}}});
  world.pass_until("2025-11-23T10:09:30Z");
  EXPECT_EQ(world.active(), 1U);
  EXPECT_EQ(status("lastScheduleTime"), "2025-11-23T10:08:00Z");
  world.pass_until("2025-11-23T10:10:00Z");
  EXPECT_EQ(status("lastScheduleTime"), "2025-11-23T10:10:00Z");
}

TEST_F(CronJobs, TellsWhyAJobCannotBeMade) {
  world.create({});
  int refusals = 0;
  world.api.before_write = [&](const std::string& verb, const store::ObjectKey& key) {
    if (verb == "create" && key.resource == kJobs && ++refusals < 3) {
      throw api::ApiError(422, "Invalid", "Job is invalid");
    }
  };
  world.pass_until("2025-11-23T10:08:01Z");
  EXPECT_EQ(refusals, 3);
  EXPECT_EQ(world.count_event("Warning FailedCreate Error creating job: Job is invalid"), 2U);
  EXPECT_EQ(world.times(), "10:08");
}

TEST_F(CronJobs, SuspendedItStartsNothingAndResumedTheLastTimeMissed) {
  world.create({{"suspend", true}});
  world.pass(minutes(5));
  EXPECT_EQ(world.times(), "");
  world.api.edit(world.key, [](Json& json) { json["spec"]["suspend"] = false; });
  world.settle();
  EXPECT_EQ(world.times(), "10:12");
}

TEST_F(CronJobs, AnotherScheduleHoldsAtOnce) {
  world.create({{"schedule", "0 23 * * *"}});
  world.pass(minutes(1));
  world.api.edit(world.key, [](Json& json) { json["spec"]["schedule"] = "9 * * * *"; });
  world.pass(minutes(1));
  EXPECT_EQ(world.times(), "10:09");
}

TEST_F(CronJobs, ZonesAndSchedulesThatMakeNoSense) {
  world.create({{"schedule", "0 12 * * *"}, {"timeZone", "Europe/Berlin"}});
  world.pass_until("2025-11-23T11:00:00Z");
  ASSERT_EQ(world.times(), "11:00");
  EXPECT_EQ(
      annotation_of(*world.jobs().front().json, "batch.kubernetes.io/cronjob-scheduled-timestamp"),
      "2025-11-23T12:00:00+01:00");
  const auto set = [&](const char* field, const char* value) {
    world.api.edit(world.key, [&](Json& json) { json["spec"][field] = value; });
    world.settle();
  };
  set("timeZone", "Europe/Pariss");
  EXPECT_EQ(
      world.count_event("Warning UnknownTimeZone invalid timeZone: \"Europe/Pariss\": unknown "
                        "time zone Europe/Pariss"),
      1U);
  set("timeZone", "UTC");
  set("schedule", "61 * * * *");
  EXPECT_EQ(world.count_event("Warning UnparseableSchedule unparseable schedule: \"61 * * * *\" : "
                              "end of range (61) above maximum (59): 61"),
            1U);
  set("schedule", "0 0 31 2 *");
  EXPECT_EQ(world.count_event("Warning InvalidSchedule invalid schedule: 0 0 31 2 * : time "
                              "difference between two schedules is less than 1 second"),
            1U);
  set("schedule", "TZ=Asia/Tokyo 0 21 * * *");
  EXPECT_EQ(
      world.count_event("Warning UnsupportedSchedule CRON_TZ or TZ used in schedule "
                        "\"TZ=Asia/Tokyo 0 21 * * *\" is not officially supported, see "
                        "https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ "
                        "for more details"),
      1U);
  world.pass_until("2025-11-23T12:00:00Z");
  EXPECT_EQ(world.times(), "11:00 12:00");
}

TEST_F(CronJobs, AClockThatIsPutForwardMakesWhatItPassesDue) {
  world.create({{"schedule", "0 * * * *"}});
  set_clock("2025-11-23T11:30:00Z");
  EXPECT_EQ(world.times(), "11:00");
  set_clock("2026-02-01T00:30:00Z");
  EXPECT_EQ(world.times(), "00:00 11:00") << "one, of the thousands that it passed";
  world.pass(minutes(30));
  EXPECT_EQ(world.times(), "00:00 01:00 11:00");
}

TEST_F(CronJobs, AClockThatIsPutBackRepeatsNothing) {
  world.create({{"schedule", "0 * * * *"}});
  world.pass_until("2025-11-23T11:10:00Z");
  ASSERT_EQ(world.times(), "11:00");
  set_clock("2025-11-23T09:50:00Z");
  world.pass_until("2025-11-23T11:59:59Z");
  EXPECT_EQ(world.times(), "11:00");
  EXPECT_EQ(world.jobs().size(), 1U);
  world.pass(Seconds(1));
  EXPECT_EQ(world.times(), "11:00 12:00");
}

TEST_F(CronJobs, GoneItStartsNothing) {
  world.create({});
  world.api.remove(world.key, {});
  world.pass(minutes(5));
  EXPECT_EQ(world.times(), "");
}

TEST_F(CronJobs, IdleItWritesAndLooksAtNothing) {
  world.create({{"schedule", "0 0 1 1 *"}});
  world.settle();
  const std::uint64_t before = world.manager->figures().at("cron_job").looks;
  world.api.writes = 0;
  world.pass(hours(1));
  EXPECT_EQ(world.api.writes, 0);
  EXPECT_LE(world.manager->figures().at("cron_job").looks - before, 12U) << "once in five minutes";
}

}  // namespace
}  // namespace podrun::controllers
