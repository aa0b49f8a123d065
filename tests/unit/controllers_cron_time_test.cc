// When schedules are next due, compared with looking at every minute on glibc's clock.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <random>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/run_program.h"
#include "supervisor/controllers/time_zone.h"
#include "tests/support/temp_dir.h"

namespace podrun::controllers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr hours kDay{24};

std::string next(const std::string& schedule, const std::string& after,
                 const std::string& zone = "UTC") {
  const auto found =
      next_time(manifest::parse_cron(schedule), zone_named(zone), parse_rfc3339(after));
  return found ? rfc3339(*found) : "never";
}

TEST(CronTime, FindsTheNextTime) {
  const std::string now = "2026-11-23T10:07:30Z";  // a Monday
  EXPECT_EQ(next("0,15,30,45 * * * *", now), "2026-11-23T10:15:00Z");
  EXPECT_EQ(next("* * * * *", now), "2026-11-23T10:08:00Z");
  EXPECT_EQ(next("*/20 9-11 * * MON-fri", now), "2026-11-23T10:20:00Z");
  EXPECT_EQ(next("5/20 * * * *", now), "2026-11-23T10:25:00Z");
  EXPECT_EQ(next("@hourly", now), "2026-11-23T11:00:00Z");
  EXPECT_EQ(next("@daily", now), "2026-11-24T00:00:00Z");
  EXPECT_EQ(next("@weekly", now), "2026-11-29T00:00:00Z");
  EXPECT_EQ(next("@monthly", now), "2026-12-01T00:00:00Z");
  EXPECT_EQ(next("@yearly", now), "2027-01-01T00:00:00Z");
  EXPECT_EQ(next("@every 1h30m", now), "2026-11-23T11:37:30Z");
  EXPECT_EQ(next("0 0 29 feb *", now), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 31 2 *", now), "never");
  // A time that is due is not the next one; one that is a nanosecond off is.
  EXPECT_EQ(next("0 10 * * *", "2026-11-23T10:00:00Z"), "2026-11-24T10:00:00Z");
  EXPECT_EQ(next("0 10 * * *", "2026-11-23T09:59:59.999999999Z"), "2026-11-23T10:00:00Z");
}

TEST(CronTime, DayOfMonthAndDayOfWeekRestrictedMeansEither) {
  const std::string now = "2026-11-23T10:07:30Z";
  EXPECT_EQ(next("0 0 30 * wed", now), "2026-11-25T00:00:00Z");
  EXPECT_EQ(next("0 0 30 * *", now), "2026-11-30T00:00:00Z");
  EXPECT_EQ(next("0 0 * * sun", now), "2026-11-29T00:00:00Z");
  EXPECT_EQ(next("0 0 */2 * tue", now), "2026-11-24T00:00:00Z");
  EXPECT_EQ(next("0 0 */1 * sun", now), "2026-11-29T00:00:00Z");
}

TEST(CronTime, ZonesAreThoseOfTheMachine) {
  EXPECT_EQ(next("0 3 * * *", "2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-07-01T01:00:00Z");
  EXPECT_EQ(next("0 3 * * *", "2026-12-01T00:00:00Z", "Europe/Berlin"), "2026-12-01T02:00:00Z");
  for (const char* name : {"Europe/Pariss", "../UTC", "Local", "/etc/passwd", "Europe", "zone.tab",
                           "localtime", "/usr/share/zoneinfo/UTC", "file:/usr/share/zoneinfo/UTC",
                           "Fixed/UTC+05:00:00", "UTC0", "libc:localtime", "Europe/../UTC"}) {
    try {
      zone_named(name);
      FAIL() << name;
    } catch (const BadInput& error) {
      EXPECT_STREQ(error.what(), (std::string("unknown time zone ") + name).c_str());
    }
  }
}

/// Explicit changes end in 2037.
TEST(CronTime, ZonesGoOnByTheirLastRule) {
  EXPECT_EQ(next("0 3 * * *", "2040-07-01T00:00:00Z", "Europe/Berlin"), "2040-07-01T01:00:00Z");
  EXPECT_EQ(next("0 3 * * *", "2040-01-01T00:00:00Z", "Europe/Berlin"), "2040-01-01T02:00:00Z");
  // 2040-03-25: 01:59 is followed by 03:00.
  EXPECT_EQ(next("30 2 * * *", "2040-03-24T12:00:00Z", "Europe/Berlin"), "2040-03-26T00:30:00Z");
  EXPECT_EQ(next("0 3 * * *", "2250-07-01T00:00:00Z", "Europe/Berlin"), "2250-07-01T01:00:00Z");
}

/// As distributions compile them that save space.
TEST(CronTime, ZonesOfSlimFilesAreRulesFromTheStart) {
  const test::TempDir folder;
  replace_file(folder / "source",
               "Rule EU 1981 max - Mar lastSun 1:00u 1:00 S\n"
               "Rule EU 1996 max - Oct lastSun 1:00u 0 -\n"
               "Zone Berlin 1:00 EU CE%sT\n");
  const ExitStatus ended = run_program(
      {"sh", "-c", "PATH=$PATH:/usr/sbin; command -v zic >/dev/null || exit 77; zic \"$@\"", "sh",
       "-b", "slim", "-d", folder.path(), folder / "source"});
  if (ended.code == 77) GTEST_SKIP() << "zic is not installed";
  ASSERT_EQ(ended.code, 0);
  ASSERT_LT(read_file(folder / "Berlin").size(), 400U);  // no list of changes up to 2037
  const auto zone = read_zone(folder / "Berlin");
  ASSERT_TRUE(zone);
  for (const char* year : {"1990", "1996", "1997", "2026", "2037", "2038", "2040"}) {
    const std::string begin = year;
    EXPECT_EQ((*zone)(parse_rfc3339(begin + "-01-01T00:00:00Z")), hours(1)) << year;
    EXPECT_EQ((*zone)(parse_rfc3339(begin + "-07-01T00:00:00Z")), hours(2)) << year;
  }
}

TEST(CronTime, WhatAChangeOfTheClockSkipsIsSkippedAndWhatItRepeatsComesTwice) {
  // Berlin, 2026-03-29: 01:59 is followed by 03:00.
  EXPECT_EQ(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-30T00:30:00Z");
  EXPECT_EQ(next("30 * * * *", "2026-03-29T00:30:00Z", "Europe/Berlin"), "2026-03-29T01:30:00Z");
  // 2026-10-25: 02:59 is followed by 02:00.
  EXPECT_EQ(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-25T01:30:00Z");
  // São Paulo, 2018-11-04: there is no midnight; the day begins at one.
  EXPECT_EQ(next("0 0 4 11 *", "2018-01-01T00:00:00Z", "America/Sao_Paulo"),
            "2019-11-04T03:00:00Z");
  EXPECT_EQ(next("0 1 4 11 *", "2018-01-01T00:00:00Z", "America/Sao_Paulo"),
            "2018-11-04T03:00:00Z");
}

/// Where robfig/cron differs from a look at every minute, podrun differs as it does.
TEST(CronTime, IsAsRobfigOnOddDays) {
  // Lord Howe, 2026-10-04: 01:59 is followed by 02:30. Hour by hour from 01:00 on, that is 02:30,
  // 03:30: 03:00 is passed over.
  EXPECT_EQ(next("0 3 * * *", "2026-10-03T14:00:00Z", "Australia/Lord_Howe"),
            "2026-10-04T16:00:00Z");
  // The minutes up to the next that is 0 are one hour to it: 02:33 follows 01:33.
  EXPECT_EQ(next("33 1 * * *", "2026-10-03T15:03:00Z", "Australia/Lord_Howe"),
            "2026-10-03T15:33:00Z");
  // Beirut, 2026-03-29: midnight is followed by 01:00, and the day by the next.
  EXPECT_EQ(next("0 5 29 3 *", "2026-01-01T00:00:00Z", "Asia/Beirut"), "2027-03-29T02:00:00Z");
}

// ---- the slow way

/// glibc's local time, for as long as this lives.
class LocalClock {
 public:
  explicit LocalClock(const std::string& zone) { set(zone.c_str()); }
  LocalClock() {
    unsetenv("TZ");  // NOLINT(concurrency-mt-unsafe): one thread
    tzset();
  }
  LocalClock(const LocalClock&) = delete;
  LocalClock& operator=(const LocalClock&) = delete;
  ~LocalClock() { set("UTC"); }
  static std::tm at(WallTime when) {
    const std::time_t seconds = std::chrono::floor<Seconds>(when).time_since_epoch().count();
    std::tm shown{};
    localtime_r(&seconds, &shown);
    return shown;
  }

 private:
  static void set(const char* zone) {
    setenv("TZ", zone, 1);  // NOLINT(concurrency-mt-unsafe): one thread
    tzset();
  }
};

Seconds own_offset(const char* variable) {
  const LocalClock clock(variable);
  return zone_named("")(parse_rfc3339("2026-07-01T00:00:00Z"));
}

TEST(CronTime, NoNameMeansTheMachinesOwnZone) {
  EXPECT_EQ(own_offset("Europe/Berlin"), hours(2));
  EXPECT_EQ(own_offset(":Asia/Kolkata"), minutes(330));
  EXPECT_EQ(own_offset("/usr/share/zoneinfo/Europe/Berlin"), hours(2));
  EXPECT_EQ(own_offset(""), hours(0));
  EXPECT_EQ(own_offset("Europe/Pariss"), hours(0));
  const LocalClock clock;
  const WallTime now = parse_rfc3339("2026-07-01T00:00:00Z");
  EXPECT_EQ(zone_named("")(now), Seconds(LocalClock::at(now).tm_gmtoff));
}

/// Values that a field may have; none: any.
struct Values {
  std::array<bool, 64> wanted{};
  std::string text;
  bool fits(int value) const { return text.empty() || wanted[static_cast<std::size_t>(value)]; }
  void add(int value) {
    wanted[static_cast<std::size_t>(value)] = true;
    text += (text.empty() ? "" : ",") + std::to_string(value);
  }
  std::string field() const { return text.empty() ? "*" : text; }
};

struct Wanted {
  Values minutes, hours, days, months, weekdays;
  std::string text() const {
    return minutes.field() + " " + hours.field() + " " + days.field() + " " + months.field() + " " +
           weekdays.field();
  }
  bool fits(const std::tm& shown) const {
    const bool by_day = days.fits(shown.tm_mday);
    const bool by_weekday = weekdays.fits(shown.tm_wday);
    const bool either = !days.text.empty() && !weekdays.text.empty();
    return minutes.fits(shown.tm_min) && hours.fits(shown.tm_hour) &&
           months.fits(shown.tm_mon + 1) && (either ? by_day || by_weekday : by_day && by_weekday);
  }
};

class Comparison {
 public:
  Comparison(const std::string& zone, std::mt19937& random)
      : clock_(zone), zone_(zone_named(zone)), random_(random) {}

  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  /// Each field is left open or has values; those of days and months are near those of `around`.
  Wanted schedule(WallTime around) {
    const std::tm shown = LocalClock::at(around);
    Wanted wanted;
    if (pick(4) > 0) some(wanted.minutes, 60, 3);
    if (pick(3) > 0) some(wanted.hours, pick(2) == 0 ? 5 : 24, 4);
    if (pick(3) == 0) {
      for (int i = 0; i < 3; ++i) wanted.days.add(1 + (shown.tm_mday - 2 + pick(5) + 31) % 28);
    }
    if (pick(3) == 0) {
      wanted.months.add(shown.tm_mon + 1);
      wanted.months.add((shown.tm_mon + 1) % 12 + 1);
    }
    if (pick(3) == 0) some(wanted.weekdays, 7, 2);
    return wanted;
  }

  /// All times in [begin, end) of some schedules; those in [odd_from, odd_to) of schedules that
  /// name more than minutes by check_odd().
  void compare(WallTime begin, WallTime end, int schedules, WallTime odd_from = {},
               WallTime odd_to = {}) {
    std::vector<std::tm> shown;
    for (WallTime at = begin; at < end; at += minutes(1)) shown.push_back(LocalClock::at(at));
    for (int i = 0; i < schedules && !testing::Test::HasFailure(); ++i) {
      const Wanted wanted = schedule(begin + (end - begin) / 2);
      const bool by_minute = wanted.hours.text.empty() && wanted.days.text.empty() &&
                             wanted.months.text.empty() && wanted.weekdays.text.empty();
      check(wanted, shown, begin, by_minute ? end : odd_from, by_minute ? end : odd_to);
    }
  }

  /// Whether the clock changes in the day that begins here.
  static bool changes_after(WallTime day) {
    return LocalClock::at(day).tm_gmtoff != LocalClock::at(day + kDay).tm_gmtoff;
  }
  /// And skips midnight, or is by other than a whole hour.
  static bool is_odd(WallTime day) {
    const auto by = LocalClock::at(day + kDay).tm_gmtoff - LocalClock::at(day).tm_gmtoff;
    if (by % Seconds(hours(1)).count() != 0) return true;
    for (WallTime at = day; at < day + kDay; at += minutes(1)) {
      if (LocalClock::at(at).tm_hour == 23 && LocalClock::at(at + minutes(1)).tm_hour == 1) {
        return true;
      }
    }
    return false;
  }

 private:
  void some(Values& values, int below, int most) {
    for (int i = pick(most); i >= 0; --i) values.add(pick(below));
  }

  void check(const Wanted& wanted, const std::vector<std::tm>& shown, WallTime begin,
             WallTime odd_from, WallTime odd_to) {
    const manifest::CronSchedule schedule = manifest::parse_cron(wanted.text());
    WallTime last = begin - Nanoseconds(1);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!wanted.fits(shown[i])) continue;
      const WallTime expected = begin + minutes(i);
      const bool is_odd = expected >= odd_from && last < odd_to;
      const auto found = next_time(schedule, zone_, last);
      ASSERT_TRUE(found) << wanted.text() << " after " << rfc3339(last);
      if (is_odd) {
        check_odd(wanted, *found, expected, odd_to);
      } else {
        ASSERT_EQ(rfc3339(*found), rfc3339(expected))
            << wanted.text() << " after " << rfc3339(last);
      }
      // From there, or from somewhere before the next.
      last = expected + Seconds(pick(60));
    }
  }

  /// Near an odd change a time may be passed over, or (robfig/cron sees no new day where there was
  /// no midnight) fall on another day. Its hour and minute are right, and what comes later is not
  /// lost.
  static void check_odd(const Wanted& wanted, WallTime found, WallTime expected, WallTime odd_to) {
    const std::tm at = LocalClock::at(found);
    const std::string text = wanted.text() + ": " + rfc3339(found) + " for " + rfc3339(expected);
    EXPECT_TRUE(wanted.minutes.fits(at.tm_min)) << text;
    EXPECT_EQ(at.tm_sec, 0) << text;
    if (found == expected) return;
    EXPECT_LT(std::min(found, expected), odd_to) << text;
    EXPECT_TRUE(found < odd_to || wanted.fits(at)) << text;
    for (WallTime passed = std::max(expected, odd_to); passed < found; passed += minutes(1)) {
      EXPECT_FALSE(wanted.fits(LocalClock::at(passed))) << text << " passes " << rfc3339(passed);
    }
  }

  LocalClock clock_;
  ZoneOffset zone_;
  std::mt19937& random_;
};

struct Zone {
  const char* name;
  int from;                  // a year: twenty are looked at
  int changes, odd_changes;  // of the clock, in these
  static WallTime year(int number) {
    return parse_rfc3339(std::to_string(number) + "-01-01T00:00:00Z");
  }
  WallTime begin() const { return year(from); }
  WallTime end() const { return year(from + 20); }
};

class CronTimeInZone : public testing::TestWithParam<Zone> {};

TEST_P(CronTimeInZone, AgreesWithTheSlowWayAtEachChangeOfTheClock) {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): to be repeatable
  Comparison comparison(GetParam().name, random);
  int changes = 0, odd = 0;
  for (WallTime day = GetParam().begin(); day < GetParam().end(); day += kDay) {
    if (!Comparison::changes_after(day)) continue;
    ++changes;
    const bool is_odd = Comparison::is_odd(day);
    odd += is_odd;
    comparison.compare(day - kDay, day + 3 * kDay, 12, is_odd ? day - kDay : WallTime(),
                       is_odd ? day + 2 * kDay : WallTime());
  }
  EXPECT_EQ(changes, GetParam().changes);
  EXPECT_EQ(odd, GetParam().odd_changes);
}

TEST_P(CronTimeInZone, AgreesWithTheSlowWayAtAnyTime) {
  std::mt19937 random(2);  // NOLINT(cert-msc51-cpp): to be repeatable
  Comparison comparison(GetParam().name, random);
  for (int i = 0; i < 30; ++i) {
    const WallTime begin = GetParam().begin() + kDay * comparison.pick(365 * 19);
    const WallTime end = begin + 20 * kDay;
    bool is_odd = false;
    for (WallTime day = begin; day < end; day += kDay) {
      is_odd = is_odd || (Comparison::changes_after(day) && Comparison::is_odd(day));
    }
    if (!is_odd) comparison.compare(begin, end, 5);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Zones, CronTimeInZone,
    testing::Values(Zone{"Europe/Berlin", 2010, 40, 0}, Zone{"America/New_York", 2010, 40, 0},
                    Zone{"America/Sao_Paulo", 2010, 19, 9}, Zone{"Asia/Kolkata", 2010, 0, 0},
                    Zone{"Australia/Lord_Howe", 2010, 40, 40}, Zone{"Europe/Dublin", 2035, 40, 0}),
    [](const auto& zone) {
      std::string name = zone.param.name;
      return name.substr(name.find('/') + 1);
    });

}  // namespace
}  // namespace podrun::controllers
