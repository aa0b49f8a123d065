#include <gtest/gtest.h>

#include "supervisor/manifest/label_selector.h"

namespace podrun::manifest {
namespace {

const Json kLabels = {{"app", "kubia"}, {"env", "prod"}, {"tier", "a"}, {"n", "10"}};

bool matches(const char* text) { return LabelSelector::parse(text).matches(kLabels); }

std::string error_of(const char* text) {
  try {
    LabelSelector::parse(text);
  } catch (const SelectorError& error) {
    return error.what();
  }
  return "";
}

TEST(LabelSelector, Matches) {
  for (const char* text :
       {"", "app=kubia", "app==kubia", "app", "!w", "env!=dev", "gone!=x", "tier in (a,b)",
        "tier in ( b , a )", "tier notin (c)", "gone notin (a)", "n>9", "n<11",
        "app=kubia,env=prod,tier in (a,b),x notin (y),z!=1,!w", "in notin (a)", "app , env"}) {
    EXPECT_TRUE(matches(text)) << text;
  }
  for (const char* text : {"app=other", "w", "!app", "env!=prod", "tier in (b,c)", "tier notin (a)",
                           "n>10", "n<10", "app>1", "gone>1", "app=kubia,w", "app=", "app in ()"}) {
    EXPECT_FALSE(matches(text)) << text;
  }
}

TEST(LabelSelector, WithoutLabels) {
  EXPECT_TRUE(LabelSelector::parse("!app").matches(Json()));
  EXPECT_FALSE(LabelSelector::parse("app").matches(Json()));
  EXPECT_TRUE(LabelSelector::parse("app!=x").matches_object({{"metadata", {{"name", "a"}}}}));
  EXPECT_TRUE(
      LabelSelector::parse("app=x").matches_object({{"metadata", {{"labels", {{"app", "x"}}}}}}));
}

TEST(LabelSelector, EmptyValues) {
  const Json labels = {{"x", ""}};
  EXPECT_TRUE(LabelSelector::parse("x=").matches(labels));
  EXPECT_TRUE(LabelSelector::parse("x=,!y").matches(labels));
  EXPECT_TRUE(LabelSelector::parse("x in ()").matches(labels));
  EXPECT_TRUE(LabelSelector::parse("x in (a,,b)").matches(labels));
  EXPECT_TRUE(LabelSelector::parse("x in (,a)").matches(labels));
  EXPECT_EQ(LabelSelector::parse("x in (,a)").to_string(), "x in (,a)");
  EXPECT_TRUE(LabelSelector::parse("x in (a,)").matches(labels));
  EXPECT_FALSE(LabelSelector::parse("x in (a,b)").matches(labels));
}

TEST(LabelSelector, ErrorsAreKubernetes) {
  EXPECT_EQ(error_of("x in (a"), "unable to parse requirement: found '', expected: ',' or ')'");
  EXPECT_EQ(error_of("x in a"), "unable to parse requirement: found 'a' expected: '('");
  EXPECT_EQ(error_of("x y"),
            "unable to parse requirement: found 'y', expected: in, notin, =, ==, !=, gt, lt");
  EXPECT_EQ(error_of("a,,b"), "found ',', expected: identifier after ','");
  EXPECT_EQ(error_of("a=b c"), "found 'c', expected: ',' or 'end of string'");
  EXPECT_EQ(error_of("=b"), "found '=', expected: !, identifier, or 'end of string'");
  EXPECT_EQ(error_of("a,"), "found '', expected: identifier after ','");
  EXPECT_EQ(error_of("!"), "unable to parse requirement: found '', expected: identifier");
  EXPECT_TRUE(error_of("-a=b").starts_with(
      "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of"))
      << error_of("-a=b");
  EXPECT_TRUE(error_of("a=-").starts_with(
      "unable to parse requirement: values[0][a]: Invalid value: \"-\": a valid label must"))
      << error_of("a=-");
  EXPECT_NE(error_of("n>x").find("for 'Gt', 'Lt' operators, the value must be an integer"),
            std::string::npos);
}

TEST(LabelSelector, WritesItself) {
  EXPECT_EQ(LabelSelector::parse("z, y notin(b,a),x!=1,!w,v==2,app in (c)").to_string(),
            "app in (c),v==2,!w,x!=1,y notin (a,b),z");
}

TEST(LabelSelector, FromObjects) {
  const Json selector = {
      {"matchLabels", {{"app", "kubia"}}},
      {"matchExpressions",
       Json::array({{{"key", "tier"}, {"operator", "In"}, {"values", {"b", "a"}}},
                    {{"key", "w"}, {"operator", "DoesNotExist"}},
                    {{"key", "env"}, {"operator", "Exists"}},
                    {{"key", "n"}, {"operator", "NotIn"}, {"values", {"11"}}}})}};
  const LabelSelector made = LabelSelector::from_label_selector(selector);
  EXPECT_TRUE(made.matches(kLabels));
  EXPECT_EQ(made.to_string(), "app=kubia,env,n notin (11),tier in (a,b),!w");
  EXPECT_EQ(format_label_selector(selector), made.to_string());
  EXPECT_TRUE(LabelSelector::from_label_selector(Json::object()).matches(kLabels));
  EXPECT_FALSE(LabelSelector::from_label_selector(nullptr).matches(kLabels));
  EXPECT_TRUE(LabelSelector::from_map({{"app", "kubia"}}).matches(kLabels));
  EXPECT_FALSE(LabelSelector::from_map({{"app", "kubia"}, {"q", "1"}}).matches(kLabels));
  EXPECT_EQ(format_labels({{"b", "2"}, {"a", "1"}}), "a=1,b=2");
  EXPECT_EQ(format_labels(nullptr), "<none>");
  EXPECT_EQ(format_label_selector(Json::object()), "<none>");
  try {
    LabelSelector::from_label_selector(
        {{"matchExpressions", Json::array({{{"key", "a"}, {"operator", "Near"}}})}});
    FAIL();
  } catch (const SelectorError& error) {
    EXPECT_STREQ(error.what(), "\"Near\" is not a valid label selector operator");
  }
}

TEST(LabelSelector, OfObjectsMatch) {
  const Json labels = {{"app", "kubia"}, {"env", "prod"}};
  const struct {
    const char* selector;
    bool matches;
  } rows[] = {
      {"{}", true},
      {R"({"matchLabels": {"app": "kubia"}})", true},
      {R"({"matchLabels": {"app": "kubia", "x": "y"}})", false},
      {R"({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "kubia"]}]})",
       true},
      {R"({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a"]}]})", false},
      {R"({"matchExpressions": [{"key": "no", "operator": "In", "values": ["a"]}]})", false},
      {R"({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]})", true},
      {R"({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["kubia"]}]})",
       false},
      {R"({"matchExpressions": [{"key": "no", "operator": "NotIn", "values": ["a"]}]})", true},
      {R"({"matchExpressions": [{"key": "env", "operator": "Exists"}]})", true},
      {R"({"matchExpressions": [{"key": "no", "operator": "Exists"}]})", false},
      {R"({"matchExpressions": [{"key": "no", "operator": "DoesNotExist"}]})", true},
      {R"({"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}]})", false},
      {R"({"matchLabels": {"app": "no"}, "matchExpressions": [{"key": "env", "operator": "Exists"}]})",
       false},
  };
  for (const auto& row : rows) {
    const auto selector = LabelSelector::from_label_selector(Json::parse(row.selector));
    EXPECT_EQ(selector.matches(labels), row.matches) << row.selector;
  }
}

}  // namespace
}  // namespace podrun::manifest
