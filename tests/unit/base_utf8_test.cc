#include <gtest/gtest.h>

#include "base/utf8.h"

namespace podrun {
namespace {

TEST(ValidUtf8, KeepsWhatIsWellFormed) {
  for (const char* text : {"", "plain", "naïve", "\u20ac", "\U0001F600", "\u07ff\u0800\uffff"}) {
    EXPECT_EQ(valid_utf8(text), text);
  }
  EXPECT_EQ(valid_utf8(std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(ValidUtf8, ReplacesEachBadByte) {
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(valid_utf8("a\xff z"), "a" + bad + " z");
  EXPECT_EQ(valid_utf8("\xe2\x82"), bad + bad);                      // cut short
  EXPECT_EQ(valid_utf8("\xc0\xaf"), bad + bad);                      // overlong
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), bad + bad + bad);            // a surrogate
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), bad + bad + bad + bad);  // past U+10FFFF
  EXPECT_EQ(valid_utf8("\x80"), bad);
}

}  // namespace
}  // namespace podrun
