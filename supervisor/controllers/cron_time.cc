#include "supervisor/controllers/cron_time.h"

#include <chrono>

namespace podrun::controllers {
namespace {

using manifest::CronSchedule;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr int kYears = 5;  // that are looked through
constexpr int kNoon = 12;
constexpr int kDay = 24;

bool has(std::uint64_t bits, unsigned value) { return ((bits >> value) & 1U) != 0; }

/// A moment, and what a clock on the wall shows. Go's time.Time in a location.
class LocalTime {
 public:
  LocalTime(sys_seconds at, const ZoneOffset& zone) : zone_(&zone) { move_to(at); }

  sys_seconds moment() const { return at_; }
  year_month_day date() const { return date_; }
  int year() const { return static_cast<int>(date_.year()); }
  unsigned month() const { return static_cast<unsigned>(date_.month()); }
  unsigned day() const { return static_cast<unsigned>(date_.day()); }
  int hour() const { return static_cast<int>(clock_ / hours(1)); }
  int minute() const { return static_cast<int>(clock_ % hours(1) / minutes(1)); }

  void add(Seconds by) { move_to(at_ + by); }
  void begin_month() { set(0, 1, Seconds(0)); }
  void begin_day() { set(0, day(), Seconds(0)); }
  void begin_hour() { set(0, day(), hours(hour())); }
  void begin_minute() { move_to(floor<minutes>(at_)); }
  Seconds second() const { return clock_ % minutes(1); }
  void add_month() { set(1, day(), clock_); }
  void add_day() { set(0, day() + 1, clock_); }

 private:
  /// time.Date: of a time that a change of the clock skips or repeats, the moment in one of its two
  /// offsets. Days may exceed the month.
  void set(int months_on, unsigned day, Seconds clock) {
    const auto first = date_.year() / date_.month() / 1 + std::chrono::months(months_on);
    const sys_seconds shown = sys_days(first) + days(day) - days(1) + clock;
    const sys_seconds guess = shown - (*zone_)(shown);
    move_to(shown - (*zone_)(guess));
  }
  void move_to(sys_seconds at) {
    at_ = at;
    const sys_seconds shown = at + (*zone_)(at);
    const sys_days midnight = floor<days>(shown);
    date_ = year_month_day(midnight);
    clock_ = shown - midnight;
  }

  const ZoneOffset* zone_;
  sys_seconds at_;
  year_month_day date_;
  Seconds clock_{0};
};

/// Days of the month and of the week both restricted: either will do.
bool names_day(const CronSchedule& schedule, const year_month_day& date) {
  const bool by_day = has(schedule.days, static_cast<unsigned>(date.day()));
  const bool by_weekday = has(schedule.weekdays, std::chrono::weekday(sys_days(date)).c_encoding());
  if (schedule.any_day || schedule.any_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

/// SpecSchedule.Next, field by field. Each step goes on until its field fits; false where that
/// began anew what stands before it, which is to be judged again then.
class Search {
 public:
  Search(const CronSchedule& schedule, LocalTime start) : schedule_(schedule), time_(start) {}

  std::optional<sys_seconds> run() {
    const int last_year = time_.year() + kYears;
    while (time_.year() <= last_year) {
      if (find_month() && find_day() && find_hour() && find_minute() && find_second()) {
        return time_.moment();
      }
    }
    return std::nullopt;
  }

 private:
  /// Smaller fields are set back once: what is moved later starts at their beginning.
  template <typename Begin>
  void begin(const Begin& set_back) {
    if (!moved_) set_back();
    moved_ = true;
  }

  bool find_month() {
    while (!has(schedule_.months, time_.month())) {
      begin([&] { time_.begin_month(); });
      time_.add_month();
      if (time_.month() == 1) return false;
    }
    return true;
  }
  bool find_day() {
    while (!names_day(schedule_, time_.date())) {
      begin([&] { time_.begin_day(); });
      time_.add_day();
      mend_midnight();
      if (time_.day() == 1) return false;
    }
    return true;
  }
  /// A day can begin at one o'clock, and a day can be added that ends at eleven.
  void mend_midnight() {
    const int hour = time_.hour();
    if (hour != 0) time_.add(hour > kNoon ? hours(kDay - hour) : -hours(hour));
  }
  bool find_hour() {
    while (!has(schedule_.hours, static_cast<unsigned>(time_.hour()))) {
      begin([&] { time_.begin_hour(); });
      time_.add(hours(1));
      if (time_.hour() == 0) return false;
    }
    return true;
  }
  bool find_minute() {
    while (!has(schedule_.minutes, static_cast<unsigned>(time_.minute()))) {
      begin([&] { time_.begin_minute(); });
      time_.add(minutes(1));
      if (time_.minute() == 0) return false;
    }
    return true;
  }
  bool find_second() {
    if (time_.second() == Seconds(0)) return true;
    time_.add(minutes(1) - time_.second());
    moved_ = true;
    return false;
  }

  const CronSchedule& schedule_;
  LocalTime time_;
  bool moved_ = false;
};

}  // namespace

std::optional<WallTime> next_time(const CronSchedule& schedule, const ZoneOffset& zone,
                                  WallTime after) {
  const auto whole = floor<Seconds>(after);
  if (schedule.every > Seconds(0)) return whole + schedule.every;
  return Search(schedule, LocalTime(whole + Seconds(1), zone)).run();
}

}  // namespace podrun::controllers
