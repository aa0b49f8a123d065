#include <gtest/gtest.h>

#include "base/go_text.h"

namespace podrun {
namespace {

TEST(GoText, Quote) {
  EXPECT_EQ(go_quote(""), "\"\"");
  EXPECT_EQ(go_quote("a \"b\" \\"), "\"a \\\"b\\\" \\\\\"");
  EXPECT_EQ(go_quote("\a\b\t\n\v\f\r"), "\"\\a\\b\\t\\n\\v\\f\\r\"");
  EXPECT_EQ(go_quote(std::string_view("\0\x1b\x7f", 3)), "\"\\x00\\x1b\\x7f\"");
  EXPECT_EQ(go_quote("\xff\xc0\x80"), "\"\\xff\\xc0\\x80\"");
  EXPECT_EQ(go_quote("gr\u00fc\u00df \u20ac \U0001f600"), "\"gr\u00fc\u00df \u20ac \U0001f600\"");
  EXPECT_EQ(go_quote("\u00a0\u200b\ufeff"), "\"\\u00a0\\u200b\\ufeff\"");
  EXPECT_EQ(go_quote("\xed\xa0\x80"), "\"\\xed\\xa0\\x80\"") << "a surrogate";
  EXPECT_EQ(go_quote("\xe2\x82"), "\"\\xe2\\x82\"") << "cut short";
}

TEST(GoText, Duration) {
  using std::chrono::milliseconds;
  EXPECT_EQ(go_duration(Seconds(0)), "0s");
  EXPECT_EQ(go_duration(Seconds(1)), "1s");
  EXPECT_EQ(go_duration(Seconds(60)), "1m0s");
  EXPECT_EQ(go_duration(Seconds(90)), "1m30s");
  EXPECT_EQ(go_duration(Seconds(3600)), "1h0m0s");
  EXPECT_EQ(go_duration(milliseconds(1500)), "1.5s");
  EXPECT_EQ(go_duration(milliseconds(500)), "500ms");
  EXPECT_EQ(go_duration(Nanoseconds(1500)), "1.5\u00b5s");
  EXPECT_EQ(go_duration(Nanoseconds(7)), "7ns");
  EXPECT_EQ(go_duration(Seconds(-5)), "-5s");
}

TEST(GoText, EscapesPaths) {
  EXPECT_EQ(go_escape_path("/a-b_c.d~/$&+,:;=@"), "/a-b_c.d~/$&+,:;=@");
  EXPECT_EQ(go_escape_path("/a b?c#d%20[\"]\u00e9"), "/a%20b%3Fc%23d%2520%5B%22%5D%C3%A9");
}

}  // namespace
}  // namespace podrun
