#include <gtest/gtest.h>

#include "base/error.h"
#include "cgroups/device_rules.h"

namespace podrun::cgroups {
namespace {

const DeviceRule kDenyAll{.allow = false};
const DeviceRule kAllowAll{.allow = true};

DeviceRule rule(bool allow, char type, std::optional<std::int64_t> major,
                std::optional<std::int64_t> minor, const char* access) {
  return {allow, type, major, minor, access};
}

std::vector<std::string> texts(const std::vector<DeviceRule>& rules) {
  std::vector<std::string> lines;
  lines.reserve(rules.size());
  for (const DeviceRule& one : rules)
    lines.push_back((one.allow ? "+" : "-") + device_rule_text(one));
  return lines;
}

TEST(DeviceRules, NothingIsAllowedByItself) {
  EXPECT_FALSE(allows({}, 'c', 1, 3, kAccessRead));
  EXPECT_TRUE(allows({kAllowAll}, 'b', 8, 0, kAccessAll));
}

TEST(DeviceRules, LaterRulesWinForEachKindOfAccess) {
  const std::vector<DeviceRule> rules{kDenyAll, rule(true, 'c', 1, {}, "rwm"),
                                      rule(false, 'c', 1, 5, "w"), rule(true, 'c', 1, 5, "w"),
                                      rule(false, 'c', 1, 3, "m")};
  EXPECT_TRUE(allows(rules, 'c', 1, 5, kAccessRead | kAccessWrite));
  EXPECT_TRUE(allows(rules, 'c', 1, 3, kAccessRead | kAccessWrite));
  EXPECT_FALSE(allows(rules, 'c', 1, 3, kAccessMknod));
  EXPECT_FALSE(allows(rules, 'c', 1, 3, kAccessMknod | kAccessRead));
  EXPECT_FALSE(allows(rules, 'b', 1, 3, kAccessRead));
  EXPECT_FALSE(allows(rules, 'c', 2, 3, kAccessRead));
}

TEST(DeviceRules, AccessMayComeFromSeveralRules) {
  const std::vector<DeviceRule> rules{rule(true, 'c', 1, 3, "r"), rule(true, 'c', {}, 3, "w")};
  EXPECT_TRUE(allows(rules, 'c', 1, 3, kAccessRead | kAccessWrite));
  EXPECT_FALSE(allows(rules, 'c', 1, 3, kAccessAll));
}

TEST(DeviceRules, AccessOfNoKindIsNoUse) {
  EXPECT_TRUE(allows({rule(true, 'c', 1, 3, "m"), kDenyAll}, 'c', 1, 3, 0));
}

TEST(DeviceRules, SimplifyDropsWhatALaterRuleMakesVoid) {
  EXPECT_EQ(texts(simplify({rule(true, 'c', 1, 3, "rwm"), kDenyAll, rule(true, 'c', 1, 5, "mr"),
                            rule(true, 'c', 1, 7, ""), rule(false, 'c', 1, {}, "r")})),
            (std::vector<std::string>{"+c 1:5 rm", "-c 1:* r"}));
  EXPECT_EQ(texts(simplify({kDenyAll, rule(true, 'b', 8, {}, "r"), kAllowAll})),
            (std::vector<std::string>{"+a *:* rwm"}));
}

TEST(DeviceRules, RefusesWhatIsNoRule) {
  EXPECT_THROW(simplify({rule(true, 'x', 1, 3, "r")}), BadInput);
  EXPECT_THROW(simplify({rule(true, 'c', -1, 3, "r")}), BadInput);
  EXPECT_THROW(simplify({rule(true, 'c', 1, 1LL << 32, "r")}), BadInput);
  EXPECT_THROW(simplify({rule(true, 'c', 1, 3, "rx")}), BadInput);
}

TEST(DeviceListV1, ExceptionsFromDenial) {
  const DeviceList list =
      to_v1_list({kAllowAll, kDenyAll, rule(true, 'c', 1, 3, "r"), rule(true, 'c', 1, 3, "w"),
                  rule(true, 'a', 10, {}, "rwm"), rule(false, 'b', 10, {}, "w")});
  EXPECT_FALSE(list.allow_others);
  EXPECT_EQ(texts(list.exceptions),
            (std::vector<std::string>{"+c 1:3 rw", "+b 10:* rm", "+c 10:* rwm"}));
}

TEST(DeviceListV1, ExceptionsFromAllowance) {
  const DeviceList list = to_v1_list({kAllowAll, rule(false, 'b', {}, {}, "rwm"),
                                      rule(false, 'c', 4, 64, "w"), rule(true, 'b', {}, {}, "r")});
  EXPECT_TRUE(list.allow_others);
  EXPECT_EQ(texts(list.exceptions), (std::vector<std::string>{"-b *:* wm", "-c 4:64 w"}));
}

TEST(DeviceListV1, HasNoExceptionsFromExceptions) {
  EXPECT_THROW(to_v1_list({rule(true, 'c', 1, {}, "rwm"), rule(false, 'c', 1, 5, "w")}), BadInput);
  EXPECT_THROW(to_v1_list({rule(true, 'c', {}, 3, "rwm"), rule(false, 'c', 1, {}, "w")}), BadInput);
  EXPECT_NO_THROW(to_v1_list({rule(true, 'c', 1, {}, "r"), rule(false, 'c', 1, 5, "w")}));
}

}  // namespace
}  // namespace podrun::cgroups
