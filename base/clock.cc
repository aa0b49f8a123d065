#include "base/clock.h"

#include <cstdio>
#include <ctime>

#include "base/error.h"

namespace podrun {

namespace {

std::chrono::nanoseconds read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Moment SystemClock::now() const { return Moment(read_clock(CLOCK_BOOTTIME)); }
WallTime SystemClock::wall() const { return WallTime(read_clock(CLOCK_REALTIME)); }

namespace {

std::string format_utc(WallTime time, bool nanoseconds) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const std::time_t seconds = whole.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  if (nanoseconds) {
    const auto rest = static_cast<long long>((time - whole).count());
    length += static_cast<std::size_t>(
        std::snprintf(text + length, sizeof text - length, ".%09lld", rest));
  }
  return std::string(text, length) + "Z";
}

}  // namespace

namespace {

/// Takes text from the left; a piece that is not there is BadInput.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : all_(text), rest_(text) {}

  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail();
  }
  int number(std::size_t digits, int maximum) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
    if (value > maximum) fail();
    return value;
  }
  std::chrono::nanoseconds fraction() {
    std::int64_t value = 0;
    std::int64_t unit = 1000000000;
    do {
      unit /= 10;
      value += digit() * unit;
    } while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9');
    return std::chrono::nanoseconds(value);
  }
  void end() {
    if (!rest_.empty()) fail();
  }
  [[noreturn]] void fail() const {
    throw BadInput("not a time as in RFC 3339: \"" + std::string(all_) + "\"");
  }

 private:
  int digit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') fail();
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }
  std::string_view all_, rest_;
};

}  // namespace

WallTime parse_rfc3339(std::string_view text) {
  TimeReader reader(text);
  const std::chrono::year year(reader.number(4, 9999));
  reader.expect('-');
  const std::chrono::month month(static_cast<unsigned>(reader.number(2, 12)));
  reader.expect('-');
  const std::chrono::day day(static_cast<unsigned>(reader.number(2, 31)));
  const std::chrono::year_month_day date(year, month, day);
  if (!date.ok()) reader.fail();
  if (!reader.take('t')) reader.expect('T');
  const std::chrono::hours hours(reader.number(2, 23));
  reader.expect(':');
  const std::chrono::minutes minutes(reader.number(2, 59));
  reader.expect(':');
  const std::chrono::seconds seconds(reader.number(2, 60));
  std::chrono::nanoseconds fraction(0);
  if (reader.take('.')) fraction = reader.fraction();
  std::chrono::minutes zone(0);
  const bool east = reader.take('+');
  if (east || reader.take('-')) {
    zone = std::chrono::hours(reader.number(2, 23));
    reader.expect(':');
    zone += std::chrono::minutes(reader.number(2, 59));
    if (!east) zone = -zone;
  } else if (!reader.take('z')) {
    reader.expect('Z');
  }
  reader.end();
  // system_clock::time_point of nanoseconds reaches from 1677 to 2262.
  if (date.year() < std::chrono::year(1678) || date.year() > std::chrono::year(2261)) reader.fail();
  return WallTime(std::chrono::sys_days(date).time_since_epoch()) + hours + minutes + seconds +
         fraction - zone;
}

std::string rfc3339(WallTime time) { return format_utc(time, false); }
std::string rfc3339_nano(WallTime time) { return format_utc(time, true); }

}  // namespace podrun
