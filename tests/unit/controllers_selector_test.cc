#include <gtest/gtest.h>

#include "supervisor/controllers/selector.h"

namespace podrun::controllers {
namespace {

bool matches(const char* selector, const char* labels) {
  const Json controller = {{"spec", {{"selector", Json::parse(selector)}}}};
  return Selector::of(controller).matches({{"metadata", {{"labels", Json::parse(labels)}}}});
}

TEST(Selector, MatchesMapsAndExpressions) {
  struct Row {
    const char* selector;
    const char* labels;
    bool expected;
  };
  const Row rows[] = {
      {R"({"app":"a"})", R"({"app":"a","x":"y"})", true},
      {R"({"app":"a"})", R"({"app":"b"})", false},
      {R"({"app":"a","x":"y"})", R"({"app":"a"})", false},
      {R"({"matchLabels":"a"})", R"({"matchLabels":"a"})", true},
      {R"({"matchLabels":{"app":"a"}})", R"({"app":"a"})", true},
      {R"({"matchExpressions":[{"key":"e","operator":"In","values":["p","d"]}]})", R"({"e":"d"})",
       true},
      {R"({"matchExpressions":[{"key":"e","operator":"In","values":["p","d"]}]})", R"({})", false},
      {R"({"matchExpressions":[{"key":"e","operator":"NotIn","values":["p"]}]})", R"({})", true},
      {R"({"matchExpressions":[{"key":"e","operator":"NotIn","values":["p"]}]})", R"({"e":"p"})",
       false},
      {R"({"matchExpressions":[{"key":"e","operator":"Exists"}]})", R"({"e":""})", true},
      {R"({"matchExpressions":[{"key":"e","operator":"Exists"}]})", R"({})", false},
      {R"({"matchExpressions":[{"key":"e","operator":"DoesNotExist"}]})", R"({})", true},
      {R"({"matchExpressions":[{"key":"e","operator":"DoesNotExist"}]})", R"({"e":""})", false},
      {R"({"matchExpressions":[{"key":"e","operator":"Near"}]})", R"({"e":""})", false},
      {R"({"matchLabels":{"app":"a"},"matchExpressions":[{"key":"e","operator":"Exists"}]})",
       R"({"app":"a"})", false},
      {R"({})", R"({"app":"a"})", false},
      {R"(null)", R"({})", false},
      {R"({"matchLabels":{}})", R"({})", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches(row.selector, row.labels), row.expected) << row.selector << row.labels;
  }
}

}  // namespace
}  // namespace podrun::controllers
