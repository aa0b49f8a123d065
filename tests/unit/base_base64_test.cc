#include <gtest/gtest.h>

#include "base/base64.h"

namespace podrun {
namespace {

TEST(Base64, BothWays) {
  for (const auto& [bytes, text] : {std::pair<std::string, std::string>{"", ""},
                                    {"s", "cw=="},
                                    {"s3", "czM="},
                                    {"s3c", "czNj"},
                                    {std::string("\0\xff", 2), "AP8="}}) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(decode_base64(text), bytes);
  }
  EXPECT_EQ(decode_base64("cz\r\nM="), "s3") << "lines are joined";
}

TEST(Base64, WhatIsNone) {
  for (const char* bad : {"c", "cz$=", "=czM", "cz=M"}) {
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace podrun
