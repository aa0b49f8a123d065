// semantics.md, Restarts: "Equal events … are one event whose count rises", similar ones combined,
// the rate limit, the hour that an event lives.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "supervisor/pod/events.h"

namespace podrun::pod {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
constexpr WallTime kNow{Seconds(1763892000)};

Event event(std::string reason, std::string message, EventType type = EventType::kNormal) {
  Event made;
  made.object = "Pod/kubia-liveness-pod";
  made.field_path = container_field_path("kubia");
  made.type = type;
  made.reason = std::move(reason);
  made.message = std::move(message);
  return made;
}

TEST(EventsEqual, AreOneWhoseCountRises) {
  EventRecorder recorder;
  const auto first = recorder.record(event("Unhealthy", "Liveness probe failed: 500"), kNow);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->count, 1u);
  EXPECT_EQ(first->first_seen, kNow);
  const auto third = [&] {
    recorder.record(event("Unhealthy", "Liveness probe failed: 500"), kNow + Seconds(10));
    return recorder.record(event("Unhealthy", "Liveness probe failed: 500"), kNow + Seconds(20));
  }();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->count, 3u);
  EXPECT_EQ(third->name, first->name) << "one object, written again";
  EXPECT_EQ(third->first_seen, kNow);
  EXPECT_EQ(third->last_seen, kNow + Seconds(20));
  EXPECT_EQ(recorder.list(kNow + Seconds(20)).size(), 1u);
}

TEST(EventsEqual, AnythingDifferentMakesAnother) {
  EventRecorder recorder;
  const Event one = event("Killing", "Stopping container kubia");
  std::vector<Event> others(6, one);
  others[0].object = "Pod/other";
  others[1].field_path = container_field_path("kubia", true);
  others[2].type = EventType::kWarning;
  others[3].reason = "Killed";
  others[4].message = "Stopping container kubia2";
  others[5].source = "default-scheduler";
  recorder.record(one, kNow);
  std::set<std::string> names;
  for (const Event& other : others) {
    const auto recorded = recorder.record(other, kNow);
    ASSERT_TRUE(recorded);
    EXPECT_EQ(recorded->count, 1u);
    names.insert(recorded->name);
  }
  EXPECT_EQ(names.size(), others.size()) << "made in the same nanosecond, named differently";
}

TEST(EventsDescribe, ShowsCountAndAges) {
  Event seen = event("Unhealthy", "x");
  seen.first_seen = kNow - hours(5) - minutes(39);
  seen.last_seen = kNow - hours(3) - minutes(58);
  EXPECT_EQ(event_age(seen, kNow), "5h39m");
  seen.count = 79;
  EXPECT_EQ(event_age(seen, kNow), "3h58m (x79 over 5h39m)");
}

TEST(EventsDescribe, IsATableAsKubectlPrintsIt) {
  EXPECT_EQ(describe_events({}, kNow), "Events:  <none>\n");
  Event scheduled = event("Scheduled", "Successfully assigned default/kubia to here");
  scheduled.source = "default-scheduler";
  scheduled.first_seen = scheduled.last_seen = kNow - Seconds(90);
  Event unhealthy = event("Unhealthy", "Liveness probe failed: no\n", EventType::kWarning);
  unhealthy.first_seen = kNow - Seconds(40);
  unhealthy.last_seen = kNow - Seconds(20);
  unhealthy.count = 3;
  EXPECT_EQ(describe_events({unhealthy, scheduled}, kNow),
            "Events:\n"
            "  Type     Reason     Age                From               Message\n"
            "  ----     ------     ----               ----               -------\n"
            "  Normal   Scheduled  90s                default-scheduler  Successfully assigned "
            "default/kubia to here\n"
            "  Warning  Unhealthy  20s (x3 over 40s)  kubelet            Liveness probe failed: "
            "no\n");
}

TEST(EventsSimilar, TheTenthWithinTenMinutesIsCombined) {
  EventRecorder recorder;
  for (int i = 1; i <= 9; ++i) {
    const auto recorded = recorder.record(event("Failed", "error " + std::to_string(i)), kNow);
    ASSERT_TRUE(recorded);
    EXPECT_EQ(recorded->message, "error " + std::to_string(i));
  }
  for (int i = 10; i <= 15; ++i) {
    const auto recorded = recorder.record(event("Failed", "error " + std::to_string(i)), kNow);
    ASSERT_TRUE(recorded);
    EXPECT_EQ(recorded->message, "(combined from similar events): error " + std::to_string(i));
    EXPECT_EQ(recorded->count, static_cast<unsigned>(i - 9));
  }
  EXPECT_EQ(recorder.list(kNow).size(), 10u);
  EXPECT_EQ(recorder.record(event("Failed", "error 3"), kNow)->message, "error 3")
      << "known ones go on being counted";
  EXPECT_EQ(recorder.record(event("Other", "error 16"), kNow)->message, "error 16");
}

TEST(EventsSimilar, AfterTenMinutesWithoutOneTheyAreSingleAgain) {
  EventRecorder recorder;
  for (int i = 0; i < 12; ++i) recorder.record(event("Failed", std::to_string(i)), kNow);
  EXPECT_EQ(recorder.record(event("Failed", "a"), kNow + minutes(10))->message,
            "(combined from similar events): a");
  EXPECT_EQ(recorder.record(event("Failed", "b"), kNow + minutes(20) + Seconds(1))->message, "b");
}

TEST(EventsRate, TwentyFiveAtOnceThenOneEachFiveMinutes) {
  EventRecorder recorder;
  const Event again = event("Unhealthy", "x", EventType::kWarning);
  for (int i = 1; i <= 25; ++i) ASSERT_TRUE(recorder.record(again, kNow)) << i;
  EXPECT_FALSE(recorder.record(again, kNow));
  EXPECT_FALSE(recorder.record(again, kNow + Seconds(299)));
  EXPECT_EQ(recorder.list(kNow).front().count, 25u) << "what was swallowed is not recorded";
  const auto later = recorder.record(again, kNow + Seconds(300));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->count, 28u) << "but it was counted";
  EXPECT_FALSE(recorder.record(again, kNow + Seconds(599)));
  EXPECT_TRUE(recorder.record(again, kNow + Seconds(600)));
}

TEST(EventsRate, IsPerSourceAndObjectAndSavesNoMoreThanItsBurst) {
  EventRecorder recorder;
  for (int i = 0; i < 30; ++i) recorder.record(event("Unhealthy", "x"), kNow);
  Event other = event("Unhealthy", "x");
  other.source = "default-scheduler";
  EXPECT_TRUE(recorder.record(other, kNow));
  int passed = 0;
  for (int i = 0; i < 60; ++i) {
    if (recorder.record(event("Unhealthy", "x"), kNow + hours(1000))) ++passed;
  }
  EXPECT_EQ(passed, 25);
}

TEST(EventsRate, AClockThatIsSetBackLosesNothing) {
  EventRecorder recorder;
  for (int i = 0; i < 25; ++i) recorder.record(event("Unhealthy", "x"), kNow);
  EXPECT_FALSE(recorder.record(event("Unhealthy", "x"), kNow - hours(1)));
  EXPECT_TRUE(recorder.record(event("Unhealthy", "x"), kNow - hours(1) + minutes(5)));
}

TEST(EventsRate, ALivenessProbeThatFailsForHoursGivesTheKnownPicture) {
  // One failure each 10 s for 5h39m: 25 + 67 of them reach the record, and the count tells of all.
  EventRecorder recorder;
  int passed = 0;
  WallTime now = kNow;
  for (; now <= kNow + hours(5) + minutes(39); now += Seconds(10)) {
    if (recorder.record(event("Unhealthy", "x"), now)) ++passed;
  }
  EXPECT_EQ(passed, 25 + 67);
  EXPECT_EQ(recorder.list(now).size(), 1u);
}

TEST(EventsLife, IsOneHourSinceItWasLastRecorded) {
  EventRecorder recorder;
  recorder.record(event("Pulled", "a"), kNow);
  recorder.record(event("Created", "b"), kNow + minutes(30));
  EXPECT_EQ(recorder.list(kNow + minutes(59)).size(), 2u);
  EXPECT_EQ(recorder.list(kNow + minutes(60)).size(), 1u);
  recorder.record(event("Pulled", "a"), kNow + minutes(61));
  const auto events = recorder.list(kNow + minutes(62));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].reason, "Pulled") << "oldest first seen first";
  EXPECT_EQ(events[0].count, 2u);
}

TEST(EventsLife, TheRecorderRemembersABoundedNumber) {
  EventFigures figures;
  figures.remembered = 8;
  figures.burst = 1000;
  EventRecorder recorder(figures);
  for (int i = 0; i < 100; ++i) recorder.record(event(std::to_string(i), "x"), kNow);
  EXPECT_EQ(recorder.list(kNow).size(), 8u);
}

TEST(EventsJson, IsACoreV1Event) {
  EventRecorder recorder;
  const auto recorded =
      recorder.record(event("Unhealthy", "Liveness probe failed: \xff", EventType::kWarning), kNow);
  const auto json = to_json(*recorded, {"default", "0b1f-uid", "here"});
  EXPECT_EQ(json.dump(2), R"({
  "apiVersion": "v1",
  "count": 1,
  "eventTime": null,
  "firstTimestamp": "2025-11-23T10:00:00Z",
  "involvedObject": {
    "apiVersion": "v1",
    "fieldPath": "spec.containers{kubia}",
    "kind": "Pod",
    "name": "kubia-liveness-pod",
    "namespace": "default",
    "uid": "0b1f-uid"
  },
  "kind": "Event",
  "lastTimestamp": "2025-11-23T10:00:00Z",
  "message": "Liveness probe failed: )"
                          "\xef\xbf\xbd"
                          R"(",
  "metadata": {
    "creationTimestamp": "2025-11-23T10:00:00Z",
    "name": "kubia-liveness-pod.187a9a6db2274000",
    "namespace": "default"
  },
  "reason": "Unhealthy",
  "reportingComponent": "kubelet",
  "reportingInstance": "here",
  "source": {
    "component": "kubelet",
    "host": "here"
  },
  "type": "Warning"
})");
}

TEST(EventsJson, ReadsBack) {
  Event one = event("Killing", "Stopping container kubia", EventType::kWarning);
  one.count = 7;
  one.first_seen = kNow;
  one.last_seen = kNow + Seconds(5);
  one.name = "kubia.1";
  const auto json = to_json(one, {"default", "u", ""});
  EXPECT_EQ(to_json(event_from_json(json), {"default", "u", ""}), json);
  EXPECT_THROW(event_from_json(nlohmann::ordered_json::object()), BadInput);
  EXPECT_THROW(event_from_json(nlohmann::ordered_json::array()), BadInput);
}

}  // namespace
}  // namespace podrun::pod
