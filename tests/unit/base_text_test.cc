#include <gtest/gtest.h>

#include "base/text.h"

namespace podrun {
namespace {

TEST(Text, LowercaseChangesAsciiLettersAlone) {
  EXPECT_EQ(lowercase("AZaz09[@\xc3\x84"), "azaz09[@\xc3\x84");
  EXPECT_EQ(lowercase(""), "");
}

TEST(Text, JoinedKeepsEmptyParts) {
  EXPECT_EQ(joined({}, ","), "");
  EXPECT_EQ(joined({"a"}, ","), "a");
  EXPECT_EQ(joined({"", "a", ""}, ", "), ", a, ");
}

TEST(Text, TrimmedTakesOnlyTheBlanksGiven) {
  EXPECT_EQ(trimmed(" \t\r\n\v\fa b\f\v\n\r\t "), "a b");
  EXPECT_EQ(trimmed(" \na\n ", " "), "\na\n");
  EXPECT_EQ(trimmed("  ", " "), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace podrun
