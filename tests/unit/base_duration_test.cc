#include <gtest/gtest.h>

#include "base/duration.h"
#include "base/error.h"

namespace podrun {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(HumanDuration, IsKubectls) {
  const std::pair<Nanoseconds, const char*> rows[] = {
      {seconds(-2), "<invalid>"},
      {hours(-5), "<invalid>"},
      {milliseconds(-1999), "0s"},
      {seconds(-1), "0s"},
      {seconds(0), "0s"},
      {milliseconds(999), "0s"},
      {seconds(1), "1s"},
      {seconds(61), "61s"},
      {seconds(119), "119s"},
      {minutes(2), "2m"},
      {minutes(2) + seconds(1), "2m1s"},
      {minutes(10) - seconds(1), "9m59s"},
      {minutes(10), "10m"},
      {minutes(10) + seconds(59), "10m"},
      {hours(3) - seconds(1), "179m"},
      {hours(3), "3h"},
      {hours(3) + minutes(58), "3h58m"},
      {hours(5) + minutes(39), "5h39m"},
      {hours(8) - seconds(1), "7h59m"},
      {hours(8), "8h"},
      {hours(48) - seconds(1), "47h"},
      {hours(48), "2d"},
      {hours(49), "2d1h"},
      {hours(24 * 8 - 1), "7d23h"},
      {hours(24 * 8), "8d"},
      {hours(24 * 365 * 2 - 1), "729d"},
      {hours(24 * 365 * 2), "2y"},
      {hours(24 * (365 * 3 + 50)), "3y50d"},
      {hours(24 * 365 * 8 - 1), "7y364d"},
      {hours(24 * 365 * 8 + 24), "8y"},
  };
  for (const auto& [duration, text] : rows) EXPECT_EQ(human_duration(duration), text);
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  const WallTime time{seconds(1763892000) + milliseconds(123)};
  EXPECT_EQ(parse_rfc3339(rfc3339_nano(time)), time);
  EXPECT_EQ(parse_rfc3339(rfc3339(time)), WallTime{seconds(1763892000)});
  EXPECT_EQ(rfc3339(parse_rfc3339("2024-02-29T23:59:59Z")), "2024-02-29T23:59:59Z");
  EXPECT_EQ(rfc3339(parse_rfc3339("1969-12-31T23:59:59Z")), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(parse_rfc3339("2024-02-29T23:59:59+05:30")), "2024-02-29T18:29:59Z");
  EXPECT_EQ(rfc3339(parse_rfc3339("2024-02-29T23:59:59-00:30")), "2024-03-01T00:29:59Z");
}

TEST(Rfc3339, RefusesTheRest) {
  for (const char* text :
       {"", "2024-02-29", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-00-10T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z",
        "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00.Z",
        "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+0530", "2024-01-01T00:00:00+24:00",
        "-024-01-01T00:00:00Z"}) {
    EXPECT_THROW(parse_rfc3339(text), BadInput) << text;
  }
}

}  // namespace
}  // namespace podrun
