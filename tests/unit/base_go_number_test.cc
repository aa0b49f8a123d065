#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/error.h"
#include "base/go_number.h"

namespace podrun {
namespace {

template <typename Parse>
std::string refusal(Parse parse, const char* text) {
  try {
    return "taken: " + std::to_string(parse(text));
  } catch (const BadInput& error) {
    return error.what();
  }
}

TEST(GoNumber, Int) {
  EXPECT_EQ(go_parse_int("42"), 42);
  EXPECT_EQ(go_parse_int("+7"), 7);
  EXPECT_EQ(go_parse_int("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(refusal(go_parse_int, "abc"), R"(strconv.ParseInt: parsing "abc": invalid syntax)");
  for (const char* text : {"", "+", "+-1", "1x", "1.5", " 1", "9223372036854775808x"}) {
    EXPECT_TRUE(refusal(go_parse_int, text).ends_with("invalid syntax")) << text;
  }
  EXPECT_EQ(refusal(go_parse_int, "9223372036854775808"),
            R"(strconv.ParseInt: parsing "9223372036854775808": value out of range)");
}

TEST(GoNumber, Uint) {
  EXPECT_EQ(go_parse_uint("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(refusal(go_parse_uint, "-1"), R"(strconv.ParseUint: parsing "-1": invalid syntax)");
  EXPECT_EQ(refusal(go_parse_uint, "+1"), R"(strconv.ParseUint: parsing "+1": invalid syntax)");
  EXPECT_EQ(refusal(go_parse_uint, "18446744073709551616"),
            R"(strconv.ParseUint: parsing "18446744073709551616": value out of range)");
}

}  // namespace
}  // namespace podrun
