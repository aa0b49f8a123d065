// Jobs with indexes, and their policies of failure and success.
#include <gtest/gtest.h>

#include "controllers_job_fixture.h"

namespace podrun::controllers {
namespace {

TEST_F(Jobs, Indexed) {
  create({{"completions", 4}, {"parallelism", 3}, {"completionMode", "Indexed"}});
  ASSERT_EQ(active().size(), 3U);
  const store::Object first = active().front();
  EXPECT_EQ(first.key.name.rfind("pi-0-", 0), 0U) << first.key.name;
  EXPECT_EQ(text_at(*first.json, {"spec", "hostname"}), "pi-0");
  EXPECT_EQ((*first.json)["spec"]["containers"][0]["env"].dump(),
            R"([{"name":"JOB_COMPLETION_INDEX","valueFrom":{"fieldRef":{"fieldPath":)"
            R"("metadata.labels['batch.kubernetes.io/job-completion-index']"}}}])");
  end_index("0", "Succeeded");
  end_index("2", "Succeeded");
  EXPECT_EQ(text_at(job(), {"status", "completedIndexes"}), "0,2");
  end_index("3", "Succeeded");
  end_index("1", "Failed", 1);
  EXPECT_EQ(status("succeeded"), 3);
  pass(Seconds(10));
  end_index("1", "Succeeded");
  EXPECT_EQ(text_at(job(), {"status", "completedIndexes"}), "0-3");
  EXPECT_EQ(status("succeeded"), 4);
  EXPECT_EQ(status("failed"), 1);
  EXPECT_EQ(conditions(), "SuccessCriteriaMet CompletionsReached, Complete CompletionsReached");
}

TEST_F(Jobs, BackoffLimitPerIndex) {
  create({{"completions", 2},
          {"parallelism", 2},
          {"completionMode", "Indexed"},
          {"backoffLimit", 100},
          {"backoffLimitPerIndex", 1}});
  end_index("0", "Failed", 1);
  EXPECT_EQ(active().size(), 1U);
  pass(Seconds(10));
  EXPECT_EQ(active().size(), 2U);
  EXPECT_EQ(status("failed"), 1);
  end_index("0", "Failed", 1);
  EXPECT_EQ(text_at(job(), {"status", "failedIndexes"}), "0");
  pass(Seconds(1000));
  EXPECT_EQ(active().size(), 1U);
  end_index("1", "Succeeded");
  EXPECT_EQ(status("failed"), 2);
  EXPECT_EQ(conditions(), "FailureTarget FailedIndexes, Failed FailedIndexes");
}

TEST_F(Jobs, AnIndexThatWaitsKeepsItsPlace) {
  create({{"completions", 3},
          {"parallelism", 1},
          {"completionMode", "Indexed"},
          {"backoffLimit", 100},
          {"backoffLimitPerIndex", 2}});
  EXPECT_EQ(find(job(), {"status", "failedIndexes"})->dump(), "\"\"");
  end_index("0", "Failed", 1);
  EXPECT_TRUE(active().empty());
  pass(Seconds(10));
  end_index("0", "Succeeded");
  end_index("1", "Succeeded");
}

TEST_F(Jobs, MostFailedIndexes) {
  create({{"completions", 3},
          {"parallelism", 3},
          {"completionMode", "Indexed"},
          {"backoffLimit", 100},
          {"backoffLimitPerIndex", 0},
          {"maxFailedIndexes", 1}});
  end_index("0", "Failed", 1);
  EXPECT_EQ(conditions(), "");
  end_index("1", "Failed", 1);
  confirm_deletions();
  EXPECT_EQ(conditions(),
            "FailureTarget MaxFailedIndexesExceeded, Failed MaxFailedIndexesExceeded");
}

Json on_exit(const char* action, int code) {
  return {
      {"rules",
       Json::array({{{"action", action},
                     {"onExitCodes", {{"operator", "In"}, {"values", Json::array({code})}}}}})}};
}

Json on_exit_not_in(const char* action, int code) {
  Json policy = on_exit(action, code);
  policy["rules"][0]["onExitCodes"]["operator"] = "NotIn";
  return policy;
}

TEST_F(Jobs, AFailedIndexByItsExitCode) {
  create({{"completions", 2},
          {"parallelism", 2},
          {"completionMode", "Indexed"},
          {"backoffLimit", 100},
          {"backoffLimitPerIndex", 5},
          {"podFailurePolicy", on_exit("FailIndex", 42)}});
  end_index("0", "Failed", 1);
  EXPECT_EQ(text_at(job(), {"status", "failedIndexes"}), "");
  pass(Seconds(10));
  end_index("0", "Failed", 42);
  EXPECT_EQ(text_at(job(), {"status", "failedIndexes"}), "0");
  end_index("1", "Succeeded");
  EXPECT_EQ(conditions(), "FailureTarget FailedIndexes, Failed FailedIndexes");
}

TEST_F(Jobs, ExitCodesThatAreNotListed) {
  create({{"completions", 1}, {"podFailurePolicy", on_exit_not_in("FailJob", 3)}});
  end_one("Failed", 3);
  EXPECT_EQ(conditions(), "");
  pass(Seconds(10));
  end_one("Failed", 4);
  EXPECT_EQ(conditions(), "FailureTarget PodFailurePolicy, Failed PodFailurePolicy");
}

/// No rule after the one that matches is looked at.
TEST_F(Jobs, CountedFailures) {
  Json policy = on_exit("Count", 3);
  policy["rules"].push_back(on_exit("Ignore", 3)["rules"][0]);
  create({{"completions", 1}, {"backoffLimit", 0}, {"podFailurePolicy", policy}});
  end_one("Failed", 3);
  EXPECT_EQ(status("failed"), 1);
  EXPECT_EQ(conditions(), "FailureTarget BackoffLimitExceeded, Failed BackoffLimitExceeded");
}

TEST_F(Jobs, PodFailurePolicy) {
  create({{"completions", 1}, {"podFailurePolicy", on_exit("FailJob", 42)}});
  const std::string name = active().front().key.name;
  end_one("Failed", 42);
  EXPECT_EQ(conditions(), "FailureTarget PodFailurePolicy, Failed PodFailurePolicy");
  EXPECT_EQ(text_at(*condition_of(job(), "Failed"), {"message"}),
            "Container c for pod default/" + name +
                " failed with exit code 42 matching FailJob rule at index 0");
}

TEST_F(Jobs, IgnoredFailures) {
  create({{"completions", 1}, {"backoffLimit", 0}, {"podFailurePolicy", on_exit("Ignore", 3)}});
  end_one("Failed", 3);
  EXPECT_TRUE(active().empty()) << "it waits as after any failure";
  pass(Seconds(10));
  EXPECT_EQ(active().size(), 1U);
  EXPECT_EQ(status("failed"), 0);
  end_one("Failed", 3);
  pass(Seconds(19));
  EXPECT_TRUE(active().empty());
  pass(Seconds(1));
  EXPECT_EQ(status("failed"), 0);
  end_one("Failed", 4);
  EXPECT_EQ(status("failed"), 1);
  EXPECT_EQ(conditions(), "FailureTarget BackoffLimitExceeded, Failed BackoffLimitExceeded");
}

TEST_F(Jobs, SuccessPolicy) {
  create({{"completions", 3},
          {"parallelism", 3},
          {"completionMode", "Indexed"},
          {"successPolicy", {{"rules", Json::array({{{"succeededIndexes", "0"}}})}}}});
  end_index("1", "Succeeded");
  EXPECT_EQ(conditions(), "");
  end_index("0", "Succeeded");
  EXPECT_TRUE(active().empty());
  confirm_deletions();
  EXPECT_EQ(conditions(), "SuccessCriteriaMet SuccessPolicy, Complete SuccessPolicy");
  EXPECT_EQ(text_at(*condition_of(job(), "Complete"), {"message"}), "Matched rules at index 0");
}

TEST_F(Jobs, SuccessPolicyByCount) {
  create({{"completions", 4},
          {"parallelism", 4},
          {"completionMode", "Indexed"},
          {"successPolicy",
           {{"rules", Json::array({{{"succeededIndexes", "0,2-3"}, {"succeededCount", 2}}})}}}});
  end_index("1", "Succeeded");
  end_index("3", "Succeeded");
  EXPECT_EQ(conditions(), "");
  end_index("0", "Succeeded");
  confirm_deletions();
  EXPECT_EQ(conditions(), "SuccessCriteriaMet SuccessPolicy, Complete SuccessPolicy");
}

TEST_F(Jobs, NoRuleOfSuccessHoldsBeforeAnIndexHasSucceeded) {
  create({{"completions", 3},
          {"parallelism", 3},
          {"completionMode", "Indexed"},
          {"successPolicy",
           {{"rules", Json::array({{{"succeededIndexes", ""}}, {{"succeededCount", 0}}})}}}});
  EXPECT_EQ(active().size(), 3U);
  EXPECT_EQ(conditions(), "");
  end_index("1", "Succeeded");
  confirm_deletions();
  EXPECT_EQ(text_at(*condition_of(job(), "Complete"), {"message"}), "Matched rules at index 1");
}

TEST_F(Jobs, LongNamesOfPodsKeepTheirIndex) {
  const Json job = {
      {"metadata", {{"name", std::string(60, 'a')}}},
      {"spec", {{"completionMode", "Indexed"}, {"template", {{"spec", Json::object()}}}}}};
  const Json pod = job_pod(job, Json::object(), {12, 0, 0});
  EXPECT_EQ(text_at(pod, {"metadata", "generateName"}), std::string(54, 'a') + "-12-");
}

}  // namespace
}  // namespace podrun::controllers
