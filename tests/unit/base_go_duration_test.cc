#include <gtest/gtest.h>

#include "base/error.h"
#include "base/go_duration.h"

namespace podrun {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(ParseDuration, ReadsWhatGoReads) {
  EXPECT_EQ(parse_duration("60s"), seconds(60));
  EXPECT_EQ(parse_duration("1m30s"), seconds(90));
  EXPECT_EQ(parse_duration("1.5h"), minutes(90));
  EXPECT_EQ(parse_duration("1h2m3s4ms5us6ns"),
            hours(1) + minutes(2) + seconds(3) + milliseconds(4) + nanoseconds(5006));
  EXPECT_EQ(parse_duration("0"), nanoseconds(0));
  EXPECT_EQ(parse_duration("+5s"), seconds(5));
  EXPECT_EQ(parse_duration("-1.5s"), milliseconds(-1500));
  EXPECT_EQ(parse_duration(".5s"), milliseconds(500));
  EXPECT_EQ(parse_duration("5.s"), seconds(5));
  EXPECT_EQ(parse_duration("12\xC2\xB5s"), nanoseconds(12000));
  EXPECT_EQ(parse_duration("0.3333333333333333333h"), seconds(1200) - nanoseconds(1));
  EXPECT_EQ(parse_duration("9223372036854775807ns").count(), 9223372036854775807);
}

TEST(ParseDuration, RefusesInGoWords) {
  for (const char* text : {"", "3", "-", "s", ".", "-.", ".s", "1h 2m", "3000000h",
                           "9223372036854775808ns", "1d", "5x", "abc", "1e3s"}) {
    EXPECT_THROW(parse_duration(text), BadInput) << text;
  }
  try {
    parse_duration("10");
    FAIL();
  } catch (const BadInput& error) {
    EXPECT_NE(std::string(error.what()).find("time: missing unit in duration \"10\""),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace podrun
