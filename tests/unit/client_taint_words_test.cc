#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/client/taint_words.h"

namespace podrun::client {
namespace {

std::string taints(const std::vector<std::string>& words, const char* present = "[]",
                   bool overwrite = false) {
  const TaintChange change =
      change_taints("n1", Json::parse(present), parse_taint_words(words), overwrite);
  return change.verb + " " + change.taints.dump();
}

TEST(TaintWords, NodesStandBeforeTaints) {
  const TaintWords words = parse_taint_words({"nodes", "n-1", "n2", "a=b:NoSchedule", "c-"});
  EXPECT_EQ(words.objects, (std::vector<std::string>{"nodes", "n-1", "n2"}));
  EXPECT_EQ(words.set.dump(), R"([{"key":"a","effect":"NoSchedule","value":"b"}])");
  EXPECT_EQ(words.removed.dump(), R"([{"key":"c"}])");
  EXPECT_THROW(parse_taint_words({"nodes", "n1"}), BadInput);
  EXPECT_THROW(parse_taint_words({"nodes", "n1", "a=b"}), BadInput);
  EXPECT_THROW(parse_taint_words({"nodes", "n1", "a=b:Never"}), BadInput);
}

TEST(TaintWords, RefusesWhatContradictsItself) {
  EXPECT_THROW(parse_taint_words({"nodes", "n1", "a=b:NoSchedule", "a=c:NoSchedule"}), BadInput);
  EXPECT_THROW(parse_taint_words({"nodes", "n1", "a=b:NoSchedule", "a:NoSchedule-"}), BadInput);
  EXPECT_NO_THROW(parse_taint_words({"nodes", "n1", "a=b:NoSchedule", "a=b:NoExecute"}));
}

TEST(TaintWords, SetAndTakenAway) {
  EXPECT_EQ(taints({"a:NoExecute"}), R"(tainted [{"key":"a","effect":"NoExecute"}])");
  const char* both = R"([{"key":"a","effect":"NoExecute"},{"key":"a","effect":"NoSchedule"}])";
  EXPECT_EQ(taints({"a-"}, both), "untainted []");
  EXPECT_EQ(taints({"a:NoExecute-"}, both), R"(untainted [{"key":"a","effect":"NoSchedule"}])");
  EXPECT_EQ(taints({"a-", "b:NoSchedule"}, both),
            R"(modified [{"key":"b","effect":"NoSchedule"}])");
}

TEST(TaintWords, WhatIsThereIsOverwrittenOnRequestOnly) {
  const char* present = R"([{"key":"a","value":"x","effect":"NoSchedule"}])";
  EXPECT_EQ(taints({"a=y:NoSchedule"}, present, true),
            R"(tainted [{"key":"a","effect":"NoSchedule","value":"y"}])");
  EXPECT_THROW(taints({"a=y:NoSchedule"}, present), Error);
  EXPECT_THROW(taints({"b-"}, present), Error);
  EXPECT_THROW(taints({"a:NoExecute-"}, present), Error);
}

}  // namespace
}  // namespace podrun::client
