// Jobs: how many pods, which are counted, when it has ended and why.
#include <gtest/gtest.h>

#include <algorithm>

#include "controllers_world.h"

namespace podrun::controllers {
namespace {

using test::pod_key;

class Jobs : public testing::Test {
 protected:
  Jobs() { world.settle(); }

  static Json make_job(const Json& spec) {
    const Json labels = {{"app", "pi"}};
    Json job = {{"apiVersion", "batch/v1"},
                {"kind", "Job"},
                {"metadata", {{"name", "pi"}}},
                {"spec",
                 {{"parallelism", 1},
                  {"backoffLimit", 6},
                  {"completionMode", "NonIndexed"},
                  {"selector", {{"matchLabels", labels}}},
                  {"template",
                   {{"metadata", {{"labels", labels}}},
                    {"spec",
                     {{"restartPolicy", "Never"},
                      {"containers", Json::array({{{"name", "c"}, {"image", "x"}}})}}}}}}}};
    for (const auto& [field, value] : spec.items()) job["spec"][field] = value;
    return job;
  }
  void create(const Json& spec) {
    world.api.create(kJobs, "default", make_job(spec));
    world.settle();
  }
  void edit(const std::function<void(Json&)>& change) {
    world.api.edit(key, change);
    world.settle();
  }
  const Json& job() const { return world.api.json(key); }
  std::int64_t status(const char* field) const { return number_at(job(), {"status", field}); }
  /// "Complete CompletionsReached" …, of those that hold.
  std::string conditions() const {
    std::string text;
    const Json* all = find(job(), {"status", "conditions"});
    if (all == nullptr) return text;
    for (const Json& each : *all) {
      if (text_at(each, {"status"}) != "True") continue;
      text +=
          (text.empty() ? "" : ", ") + text_at(each, {"type"}) + " " + text_at(each, {"reason"});
    }
    return text;
  }
  std::vector<store::Object> active() const { return active_of(world.api.list("pods", "default")); }
  void end_pod(const std::string& name, const char* phase, int code = 0) {
    world.api.edit(pod_key(name), [&](Json& pod) {
      pod["status"]["phase"] = phase;
      pod["status"]["containerStatuses"] =
          Json::array({{{"name", "c"},
                        {"state",
                         {{"terminated",
                           {{"exitCode", code}, {"finishedAt", rfc3339(world.clock.wall())}}}}}}});
    });
  }
  void end_one(const char* phase, int code = 0) {
    ASSERT_FALSE(active().empty());
    end_pod(active().front().key.name, phase, code);
    world.settle();
  }
  void end_index(const std::string& index, const char* phase, int code = 0) {
    for (const store::Object& pod : active()) {
      if (annotation_of(*pod.json, "batch.kubernetes.io/job-completion-index") != index) continue;
      end_pod(pod.key.name, phase, code);
      world.settle();
      return;
    }
    FAIL() << "no active pod of index " << index;
  }
  void pass(Seconds by) {
    world.clock.advance(by);
    world.settle();
  }
  void confirm_deletions() {
    for (const store::Object& pod : world.api.list("pods")) {
      if (is_being_deleted(*pod.json)) world.api.confirm_deletion(pod.key);
    }
    world.settle();
  }
  bool has_event(const std::string& text) const {
    const auto& all = world.api.events;
    return std::find(all.begin(), all.end(), text) != all.end();
  }

  test::World world;
  const store::ObjectKey key{kJobs, "default", "pi"};
};

TEST_F(Jobs, RunsOnePodAndCompletes) {
  create({{"completions", 1}});
  ASSERT_EQ(active().size(), 1U);
  EXPECT_EQ(status("active"), 1);
  EXPECT_TRUE(is_tracked(*active().front().json));
  EXPECT_TRUE(has_event("Normal SuccessfulCreate Created pod: " + active().front().key.name));
  EXPECT_TRUE(time_at(job(), {"status", "startTime"}));
  pass(Seconds(5));
  end_one("Succeeded");
  EXPECT_EQ(status("succeeded"), 1);
  EXPECT_EQ(status("active"), 0);
  EXPECT_EQ(conditions(), "SuccessCriteriaMet CompletionsReached, Complete CompletionsReached");
  EXPECT_EQ(text_at(job(), {"status", "completionTime"}), rfc3339(world.clock.wall()));
  EXPECT_TRUE(has_event("Normal Completed Job completed"));
  const auto pods = world.api.list("pods");
  ASSERT_EQ(pods.size(), 1U) << "its log can be read";
  EXPECT_FALSE(is_tracked(*pods.front().json));
  EXPECT_EQ(world.failures, std::vector<std::string>{});
}

TEST_F(Jobs, FiveCompletionsOneByOneThenTwo) {
  create({{"completions", 5}});
  end_one("Succeeded");
  EXPECT_EQ(active().size(), 1U);
  edit([](Json& job) { job["spec"]["parallelism"] = 2; });
  EXPECT_EQ(active().size(), 2U);
  end_one("Succeeded");
  EXPECT_EQ(active().size(), 2U);
  edit([](Json& job) { job["spec"]["parallelism"] = 1; });
  EXPECT_EQ(active().size(), 1U);
  EXPECT_EQ(status("failed"), 0) << "what is scaled away does not count";
  confirm_deletions();
  end_one("Succeeded");
  end_one("Succeeded");
  end_one("Succeeded");
  EXPECT_EQ(status("succeeded"), 5);
  EXPECT_EQ(conditions(), "SuccessCriteriaMet CompletionsReached, Complete CompletionsReached");
}

TEST_F(Jobs, PodsThatEndTogetherAreCountedTogether) {
  world.job_batch = std::chrono::milliseconds(10);
  world.restart();
  world.settle();
  create({{"completions", 4}, {"parallelism", 3}});
  EXPECT_EQ(active().size(), 3U) << "what the user wants does not wait";
  world.clock.advance(world.job_batch);
  world.settle();
  int writes = 0;
  world.api.before_write = [&](const std::string& verb, const store::ObjectKey& of) {
    if (verb == "status" && of == key) ++writes;
  };
  for (const store::Object& pod : active()) {
    end_pod(pod.key.name, "Succeeded");
    world.settle();
    world.clock.advance(std::chrono::milliseconds(3));
  }
  EXPECT_EQ(writes, 0);
  world.clock.advance(world.job_batch);
  world.settle();
  EXPECT_EQ(writes, 1);
  EXPECT_EQ(active().size(), 1U);
  world.clock.advance(world.job_batch);
  world.settle();
  EXPECT_EQ(status("succeeded"), 3);
}

TEST_F(Jobs, WorkQueue) {
  create({{"parallelism", 3}});
  EXPECT_EQ(active().size(), 3U);
  end_one("Succeeded");
  EXPECT_EQ(active().size(), 2U) << "one success: nothing is left to take up";
  EXPECT_EQ(conditions(), "");
  end_one("Succeeded");
  end_one("Succeeded");
  EXPECT_EQ(status("succeeded"), 3);
  EXPECT_EQ(conditions(), "SuccessCriteriaMet CompletionsReached, Complete CompletionsReached");
}

TEST_F(Jobs, FailedPodsAreReplacedLaterAndLater) {
  create({{"completions", 1}, {"backoffLimit", 3}});
  for (const int wait : {10, 20, 40}) {
    end_one("Failed", 1);
    EXPECT_TRUE(active().empty());
    pass(Seconds(wait - 1));
    EXPECT_TRUE(active().empty()) << wait;
    pass(Seconds(1));
    EXPECT_EQ(active().size(), 1U) << wait;
  }
  EXPECT_EQ(status("failed"), 3);
  end_one("Failed", 1);
  EXPECT_EQ(status("failed"), 4);
  EXPECT_EQ(conditions(), "FailureTarget BackoffLimitExceeded, Failed BackoffLimitExceeded");
  EXPECT_TRUE(
      has_event("Warning BackoffLimitExceeded Job has reached the specified backoff limit"));
}

TEST_F(Jobs, RestartsInPlaceCount) {
  create({{"completions", 1}, {"backoffLimit", 2}});
  edit([](Json& job) { job["spec"]["template"]["spec"]["restartPolicy"] = "OnFailure"; });
  world.api.edit(active().front().key, [](Json& pod) {
    pod["spec"]["nodeName"] = "n1";
    pod["status"] = {{"phase", "Running"},
                     {"containerStatuses", Json::array({{{"name", "c"}, {"restartCount", 2}}})}};
  });
  world.settle();
  EXPECT_EQ(conditions(), "FailureTarget BackoffLimitExceeded");
  EXPECT_EQ(status("failed"), 1);
  confirm_deletions();
  EXPECT_EQ(conditions(), "FailureTarget BackoffLimitExceeded, Failed BackoffLimitExceeded");
}

TEST_F(Jobs, Deadline) {
  create({{"completions", 1}, {"activeDeadlineSeconds", 30}});
  pass(Seconds(29));
  EXPECT_EQ(active().size(), 1U);
  pass(Seconds(1));
  EXPECT_TRUE(active().empty());
  confirm_deletions();
  EXPECT_EQ(conditions(), "FailureTarget DeadlineExceeded, Failed DeadlineExceeded");
  EXPECT_EQ(status("failed"), 1);
  EXPECT_TRUE(has_event("Warning DeadlineExceeded Job was active longer than specified deadline"));
}

TEST_F(Jobs, SuspendedAndResumed) {
  create({{"completions", 1}, {"suspend", true}, {"activeDeadlineSeconds", 30}});
  EXPECT_TRUE(active().empty());
  EXPECT_EQ(conditions(), "Suspended JobSuspended");
  EXPECT_FALSE(time_at(job(), {"status", "startTime"}));
  EXPECT_TRUE(has_event("Normal Suspended Job suspended"));
  pass(Seconds(100));
  edit([](Json& job) { job["spec"]["suspend"] = false; });
  EXPECT_EQ(active().size(), 1U);
  EXPECT_EQ(conditions(), "");
  EXPECT_TRUE(has_event("Normal Resumed Job resumed"));
  edit([](Json& job) { job["spec"]["suspend"] = true; });
  EXPECT_TRUE(active().empty());
  confirm_deletions();
  EXPECT_TRUE(world.api.list("pods").empty());
  EXPECT_EQ(status("failed"), 0);
}

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

TEST_F(Jobs, PodsThatAreDeletedCountAndAreReplaced) {
  create({{"completions", 1}, {"podReplacementPolicy", "Failed"}});
  world.api.edit(active().front().key, [](Json& pod) {
    pod["spec"]["nodeName"] = "n1";
    pod["status"]["phase"] = "Running";
  });
  world.api.remove(active().front().key, {});
  world.settle();
  EXPECT_TRUE(active().empty()) << "not before it has ended";
  EXPECT_EQ(status("terminating"), 1);
  confirm_deletions();
  EXPECT_EQ(status("failed"), 1);
  pass(Seconds(10));
  EXPECT_EQ(active().size(), 1U);
}

TEST_F(Jobs, ADeletedPodIsReplacedAfterABackoff) {
  create({{"completions", 1}});
  const auto remove_one = [&] {
    world.api.edit(active().front().key, [](Json& pod) {
      pod["spec"]["nodeName"] = "n1";
      pod["spec"]["terminationGracePeriodSeconds"] = 20;
      pod["status"] = {{"phase", "Running"},
                       {"containerStatuses", Json::array({{{"name", "c"}, {"state", Json()}}})}};
    });
    world.api.remove(active().front().key, {});
    world.settle();
  };
  remove_one();
  EXPECT_EQ(status("failed"), 1);
  confirm_deletions();
  EXPECT_TRUE(active().empty());
  pass(Seconds(9));
  EXPECT_TRUE(active().empty());
  pass(Seconds(1));
  EXPECT_EQ(active().size(), 1U) << "10 s after the deletion was asked for, not after its grace";
  remove_one();
  confirm_deletions();
  pass(Seconds(19));
  EXPECT_TRUE(active().empty()) << "though no failed pod is left";
  pass(Seconds(1));
  EXPECT_EQ(active().size(), 1U);
  EXPECT_EQ(status("failed"), 2);
}

TEST_F(Jobs, ARestartedControllerKnowsTheBackoffByThePodsThatAreLeft) {
  create({{"completions", 1}});
  end_one("Failed", 1);
  pass(Seconds(10));
  end_one("Failed", 1);
  pass(Seconds(5));
  world.restart();
  world.settle();
  EXPECT_TRUE(active().empty());
  pass(Seconds(15));
  EXPECT_EQ(active().size(), 1U);
}

TEST_F(Jobs, LongNamesOfPodsKeepTheirIndex) {
  const Json job = {
      {"metadata", {{"name", std::string(60, 'a')}}},
      {"spec", {{"completionMode", "Indexed"}, {"template", {{"spec", Json::object()}}}}}};
  const Json pod = job_pod(job, Json::object(), {12, 0, 0});
  EXPECT_EQ(text_at(pod, {"metadata", "generateName"}), std::string(54, 'a') + "-12-");
}

TEST_F(Jobs, TimeToLive) {
  create({{"completions", 1}, {"ttlSecondsAfterFinished", 60}});
  end_one("Succeeded");
  pass(Seconds(59));
  EXPECT_NE(world.api.get(key), nullptr);
  pass(Seconds(1));
  confirm_deletions();
  EXPECT_EQ(world.api.get(key), nullptr);
  EXPECT_TRUE(world.api.list("pods").empty());
}

TEST_F(Jobs, PodsOfAJobThatIsGoneAreLetGo) {
  create({{"completions", 1}});
  api::DeleteOptions options;
  options.propagation_policy = "Background";
  world.api.remove(key, options);
  world.settle();
  confirm_deletions();
  EXPECT_TRUE(world.api.list("pods").empty());
}

TEST_F(Jobs, ManagedElsewhere) {
  create({{"completions", 1}, {"managedBy", "acme.io/jobs"}});
  EXPECT_TRUE(world.api.list("pods").empty());
}

}  // namespace
}  // namespace podrun::controllers
