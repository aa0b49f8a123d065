// Schedules of CronJobs as robfig/cron v3 reads them.
#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/manifest/cron_schedule.h"

namespace podrun::manifest {
namespace {

std::string refusal(const std::string& schedule) {
  try {
    parse_cron(schedule);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

std::uint64_t bits(std::initializer_list<int> values) {
  std::uint64_t all = 0;
  for (const int each : values) all |= std::uint64_t{1} << each;
  return all;
}

TEST(CronSchedule, ReadsFields) {
  const CronSchedule schedule = parse_cron("0,15,30-32,50/5 */8 ? jan-MAR,Dec mon-wed/2");
  EXPECT_EQ(schedule.minutes, bits({0, 15, 30, 31, 32, 50, 55}));
  EXPECT_EQ(schedule.hours, bits({0, 8, 16}));
  EXPECT_EQ(schedule.days, 0xFFFFFFFEU);
  EXPECT_EQ(schedule.months, bits({1, 2, 3, 12}));
  EXPECT_EQ(schedule.weekdays, bits({1, 3}));
  EXPECT_TRUE(schedule.any_day);
  EXPECT_FALSE(schedule.any_weekday);
  EXPECT_EQ(schedule.every, Seconds(0));
}

TEST(CronSchedule, AStarWithAStepIsARestriction) {
  EXPECT_FALSE(parse_cron("* * */2 * *").any_day);
  EXPECT_TRUE(parse_cron("* * */1 * *").any_day);
  EXPECT_TRUE(parse_cron("* * * * 1,*").any_weekday);
}

TEST(CronSchedule, ReadsWords) {
  EXPECT_EQ(parse_cron("@hourly").hours, 0xFFFFFFU);
  EXPECT_EQ(parse_cron("@weekly").weekdays, bits({0}));
  EXPECT_EQ(parse_cron("@yearly").months, bits({1}));
  EXPECT_EQ(parse_cron("@annually").days, bits({1}));
  EXPECT_EQ(parse_cron("@midnight").hours, bits({0}));
  EXPECT_EQ(parse_cron("@every 1h30m").every, Seconds(5400));
  EXPECT_EQ(parse_cron("@every 2.9s").every, Seconds(2));
  EXPECT_EQ(parse_cron("@every 1ms").every, Seconds(1));
}

TEST(CronSchedule, ReadsAZone) {
  EXPECT_EQ(parse_cron("TZ=Europe/Berlin 0 5 * * *").zone, "Europe/Berlin");
  EXPECT_EQ(parse_cron("CRON_TZ=UTC   @daily").zone, "UTC");
  EXPECT_EQ(parse_cron("0 5 * * *").zone, "");
  EXPECT_EQ(refusal("TZ=UTC"), "provided bad location UTC");
}

TEST(CronSchedule, RefusesAsRobfigDoes) {
  EXPECT_EQ(refusal(""), "empty spec string");
  EXPECT_EQ(refusal("* * * *"), "expected exactly 5 fields, found 4: [* * * *]");
  EXPECT_EQ(refusal("  "), "expected exactly 5 fields, found 0: []");
  EXPECT_EQ(refusal("@never"), "unrecognized descriptor: @never");
  EXPECT_EQ(refusal("@every 5x"),
            "failed to parse duration @every 5x: time: unknown unit \"x\" in duration \"5x\"");
  EXPECT_EQ(refusal("61 * * * *"), "end of range (61) above maximum (59): 61");
  EXPECT_EQ(refusal("* * 0 * *"), "beginning of range (0) below minimum (1): 0");
  EXPECT_EQ(refusal("9-5 * * * *"), "beginning of range (9) beyond end of range (5): 9-5");
  EXPECT_EQ(refusal("*/0 * * * *"), "step of range should be a positive number: */0");
  EXPECT_EQ(refusal("1-2-3 * * * *"), "too many hyphens: 1-2-3");
  EXPECT_EQ(refusal("1/2/3 * * * *"), "too many slashes: 1/2/3");
  EXPECT_EQ(refusal("* * * * 7"), "end of range (7) above maximum (6): 7");
  EXPECT_EQ(refusal("*/-1 * * * *"), "negative number (-1) not allowed: -1");
  EXPECT_EQ(refusal("x * * * *"),
            "failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax");
  EXPECT_EQ(refusal("*/+-1 * * * *"),
            "failed to parse int from +-1: strconv.Atoi: parsing \"+-1\": invalid syntax");
  EXPECT_EQ(refusal("99999999999999999999 * * * *"),
            "failed to parse int from 99999999999999999999: strconv.Atoi: parsing "
            "\"99999999999999999999\": value out of range");
}

TEST(CronSchedule, TakesAnyStep) {
  EXPECT_EQ(parse_cron("*/61 * * * *").minutes, bits({0}));
  EXPECT_EQ(parse_cron("7/9223372036854775807 * * * *").minutes, bits({7}));
}

}  // namespace
}  // namespace podrun::manifest
