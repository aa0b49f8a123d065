// Jobs: how many pods, which are counted, when it has ended and why.
#include <gtest/gtest.h>

#include <limits>

#include "controllers_job_fixture.h"

namespace podrun::controllers {
namespace {

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
  edit([](Json& job) { job["spec"]["parallelism"] = 1; });
  EXPECT_EQ(active().size(), 2U) << "what runs may end";
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

TEST_F(Jobs, TheBackoffEndsAtTenMinutes) {
  create({{"completions", 1}, {"backoffLimit", 100}});
  for (const int wait : {10, 20, 40, 80, 160, 320, 600, 600}) {
    end_one("Failed", 1);
    pass(Seconds(wait - 1));
    EXPECT_TRUE(active().empty()) << wait;
    pass(Seconds(1));
    ASSERT_EQ(active().size(), 1U) << wait;
  }
}

TEST_F(Jobs, MoreSuccessesThanWantedAreTold) {
  create({{"completions", 3}, {"parallelism", 2}});
  world.api.edit(key, [](Json& job) { job["spec"]["completions"] = 1; });
  for (const store::Object& pod : active()) end_pod(pod.key.name, "Succeeded");
  world.settle();
  EXPECT_EQ(status("succeeded"), 2);
  EXPECT_TRUE(has_event(
      "Warning TooManySucceededPods Too many succeeded pods running after completion count "
      "reached"));
  EXPECT_TRUE(has_event("Normal Completed Job completed"));
}

/// Its uid is in status.uncountedTerminatedPods.failed, and its finalizer still there.
TEST_F(Jobs, ADeletedPodThatEndsWellCountsOnce) {
  create({{"completions", 1}});
  const store::ObjectKey pod = active().front().key;
  world.api.edit(pod, [](Json& json) {
    json["spec"]["nodeName"] = "n1";
    json["status"]["phase"] = "Running";
  });
  world.api.remove(pod, {});
  world.api.before_write = [&](const std::string&, const store::ObjectKey& written) {
    if (written == pod) throw api::ApiError(500, "InternalError", "disk full");
  };
  world.settle();
  ASSERT_EQ(find(job(), {"status", "uncountedTerminatedPods", "failed"})->size(), 1U);
  world.api.before_write = nullptr;
  end_pod(pod.name, "Succeeded");
  world.api.confirm_deletion(pod);
  pass(Seconds(5));
  EXPECT_EQ(status("failed"), 1);
  EXPECT_EQ(status("succeeded"), 0);
  EXPECT_EQ(conditions(), "");
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

TEST_F(Jobs, ADeadlineBeyondAllTimeIsNone) {
  create({{"completions", 1}, {"activeDeadlineSeconds", std::numeric_limits<std::int64_t>::max()}});
  pass(Seconds(30));
  EXPECT_EQ(active().size(), 1U);
  edit([](Json& job) { job["spec"]["activeDeadlineSeconds"] = 9'999'999'999; });
  pass(Seconds(30));
  EXPECT_EQ(active().size(), 1U);
  EXPECT_EQ(conditions(), "");
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
  pass(Seconds(29));
  EXPECT_EQ(conditions(), "") << "the deadline begins with the resumption";
  edit([](Json& job) { job["spec"]["suspend"] = true; });
  EXPECT_TRUE(active().empty());
  confirm_deletions();
  EXPECT_TRUE(world.api.list("pods").empty());
  EXPECT_EQ(status("failed"), 0);
  edit([](Json& job) { job["spec"]["suspend"] = false; });
  pass(Seconds(30));
  EXPECT_EQ(conditions().rfind("FailureTarget DeadlineExceeded", 0), 0U) << conditions();
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

TEST_F(Jobs, ManagedElsewhereAndFinishedGoAsAnyOther) {
  create({{"completions", 1}, {"managedBy", "acme.io/jobs"}, {"ttlSecondsAfterFinished", 60}});
  edit([&](Json& job) {
    job["status"]["conditions"] =
        Json::array({{{"type", "Complete"},
                      {"status", "True"},
                      {"lastTransitionTime", rfc3339(world.clock.wall())}}});
  });
  pass(Seconds(59));
  EXPECT_NE(world.api.get(key), nullptr);
  pass(Seconds(1));
  EXPECT_EQ(world.api.get(key), nullptr);
}

}  // namespace
}  // namespace podrun::controllers
