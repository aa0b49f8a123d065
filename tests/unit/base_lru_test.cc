#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/lru.h"

namespace podrun {
namespace {

std::string content(const Lru<int>& lru) {
  std::string text;
  for (const auto& [key, value] : lru) text += key + "=" + std::to_string(value) + " ";
  return text;
}

TEST(Lru, TheLeastRecentlyUsedGoes) {
  Lru<int> lru(2);
  EXPECT_TRUE(lru.use("a").second);
  lru.use("a").first = 1;
  lru.use("b").first = 2;
  EXPECT_EQ(content(lru), "a=1 b=2 ");
  EXPECT_FALSE(lru.use("a").second);
  EXPECT_EQ(content(lru), "b=2 a=1 ");
  EXPECT_TRUE(lru.use("c").second);
  EXPECT_EQ(content(lru), "a=1 c=0 ");
  EXPECT_TRUE(lru.use("b").second) << "it is forgotten";
}

TEST(Lru, ValuesStayWhereTheyAreAndMoveWithIt) {
  Lru<std::vector<int>> lru(3);
  std::vector<int>& first = lru.use("first").first;
  lru.use("second");
  lru.use("first");
  first.push_back(7);
  Lru<std::vector<int>> moved = std::move(lru);
  EXPECT_EQ(moved.use("first").first, std::vector<int>{7});
  EXPECT_EQ(moved.size(), 2U);
}

}  // namespace
}  // namespace podrun
