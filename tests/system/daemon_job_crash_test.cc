// Jobs whose pods end at random while the daemon is killed at random moments: each pod counts
// exactly once. PODRUN_JOB_PODS is how many pods that are (default: few enough for a minute),
// PODRUN_CRASH_SEED repeats the moments.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <random>
#include <set>
#include <utility>

#include "supervisor/manifest/index_set.h"
#include "tests/support/daemon_run.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/daemon_crash.h"

namespace podrun::test {
namespace {

using Json = nlohmann::json;
using namespace nlohmann::literals;
using std::chrono::milliseconds;

constexpr std::uint64_t kPods = 120;
constexpr const char* kPodsPath = "/api/v1/namespaces/default/pods";
constexpr const char* kJobsPath = "/apis/batch/v1/namespaces/default/jobs";
/// A daemon serves after some 30 ms: some kills hit its start.
constexpr int kLifeMicroseconds = 800'000;
/// Lists of thousands of pods take longer than the life between two kills is to be.
constexpr int kListEach = 8;
/// Without another pod that is counted.
constexpr std::chrono::minutes kHang{3};

/// By uid, the phase that was seen last.
using Phases = std::map<std::string, std::string>;
/// What one Job is known to have been.
struct Seen {
  Phases phases;
  std::int64_t counted = 0;
};

class DaemonJobCrashTest : public ::testing::Test {
 protected:
  DaemonJobCrashTest() : home_({"busybox"}), client_(DaemonRun::socket_in(home_)) {}

  void begin() {
    daemon_.emplace(home_);
    ASSERT_TRUE(daemon_->wait_ready()) << DaemonRun::output_in(home_);
  }
  Json get(const std::string& path) {
    const auto answer = client_.get(path);
    return answer && answer->ok() ? answer->json() : Json::object();
  }
  Json pods_of(const std::string& job) {
    return get(std::string(kPodsPath) + "?labelSelector=job-name=" + job)
        .value("items", Json::array());
  }
  Json status_of(const std::string& job) {
    return get(std::string(kJobsPath) + "/" + job).value("status", Json::object());
  }

  /// One pod in four fails.
  void make_job(const std::string& name, const Json& more) {
    const Json container = {
        {"name", "main"},
        {"image", "busybox"},
        {"imagePullPolicy", "Never"},
        {"command",
         {"sh", "-c", "read id < /proc/sys/kernel/random/uuid; case $id in [0-3]*) exit 7; esac"}}};
    Json spec = {
        {"parallelism", 5},
        {"backoffLimit", 1'000'000},
        {"template",
         {{"spec", {{"restartPolicy", "Never"}, {"containers", Json::array({container})}}}}}};
    spec.update(more);
    const auto answer = client_.ask(
        {"POST", kJobsPath, Json{{"metadata", {{"name", name}}}, {"spec", spec}}.dump()});
    ASSERT_TRUE(answer && answer->ok()) << (answer ? answer->body : "no answer");
  }
  static bool is_over(const Json& status) {
    for (const Json& condition : status.value("conditions", Json::array())) {
      const std::string type = condition["type"];
      if (type == "Complete" || type == "Failed") return true;
    }
    return false;
  }
  /// What the Jobs say of themselves, where a daemon answers. Counts never go back.
  void look_at_jobs() {
    bool over = true;
    for (auto& [job, seen] : seen_) {
      const Json status = status_of(job);
      if (status.empty()) return;
      const std::int64_t counted = status.value("succeeded", 0) + status.value("failed", 0);
      EXPECT_GE(counted, seen.counted) << job;
      seen.counted = counted;
      over = over && is_over(status);
    }
    over_ = over;
  }

  /// One daemon's life, to a random moment.
  void live_and_die(std::mt19937_64& random, bool lists_pods) {
    daemon_.emplace(home_);
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::microseconds(random() % std::uint64_t(kLifeMicroseconds));
    while (std::chrono::steady_clock::now() < end) {
      look_at_jobs();
      std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + kLook));
    }
    if (lists_pods) {
      for (auto& [job, seen] : seen_) note_pods(job, seen.phases);
    }
    ASSERT_FALSE(daemon_->ended()) << DaemonRun::output_in(home_);
    daemon_->kill();
  }
  /// Returns how many pods of the Job are there, by phase. One that has ended stays so.
  std::map<std::string, std::int64_t> note_pods(const std::string& job, Phases& phases) {
    std::map<std::string, std::int64_t> there;
    for (const Json& pod : pods_of(job)) {
      const std::string phase = pod["status"].value("phase", "");
      std::string& before = phases[pod["metadata"]["uid"]];
      if (before == "Succeeded" || before == "Failed") {
        EXPECT_EQ(phase, before) << pod["metadata"]["name"];
      }
      before = phase;
      ++there[phase];
    }
    return there;
  }

  /// All pods are there still: nobody deletes them, and none was one too many.
  void expect_each_counted_once(const std::string& job) {
    auto there = note_pods(job, seen_[job].phases);
    EXPECT_EQ(there["Succeeded"] + there["Failed"],
              static_cast<std::int64_t>(seen_[job].phases.size()));
    const Json status = status_of(job);
    EXPECT_EQ(status.value("succeeded", 0), there["Succeeded"]) << status;
    EXPECT_EQ(status.value("failed", 0), there["Failed"]) << status;
    EXPECT_EQ(status.value("uncountedTerminatedPods", Json::object()), Json::object()) << status;
    EXPECT_EQ(status.value("active", 0), 0) << status;
    for (const Json& pod : pods_of(job)) {
      EXPECT_FALSE(pod["metadata"].contains("finalizers")) << pod["metadata"];
    }
    std::printf("%s: %ld succeeded, %ld failed\n", job.c_str(),
                static_cast<long>(there["Succeeded"]), static_cast<long>(there["Failed"]));
  }

  static constexpr milliseconds kLook{50};
  PodHome home_;
  HttpClient client_;
  std::optional<DaemonRun> daemon_;
  std::map<std::string, Seen> seen_;  // by job
  bool over_ = false;                 // both
};

TEST_F(DaemonJobCrashTest, EachPodCountsOnce) {
  const std::uint64_t pods = number_from("PODRUN_JOB_PODS", kPods);
  const std::uint64_t seed = number_from("PODRUN_CRASH_SEED", std::random_device()());
  std::printf("PODRUN_JOB_PODS=%lu PODRUN_CRASH_SEED=%lu\n", static_cast<unsigned long>(pods),
              static_cast<unsigned long>(seed));
  begin();
  const LeakScope scope{home_.dir().name(), {home_.run() + "/pods"}, 0};
  // No index is tried again: a pod each. The other Job tries until it has its successes.
  const auto half = static_cast<std::int64_t>(pods / 2);
  make_job("indexed",
           {{"completionMode", "Indexed"}, {"completions", half}, {"backoffLimitPerIndex", 0}});
  make_job("plain", {{"completions", half * 3 / 4}});
  seen_ = {{"indexed", {}}, {"plain", {}}};
  daemon_->kill();

  std::mt19937_64 random(seed);
  auto hang = std::chrono::steady_clock::now() + kHang;
  std::int64_t counted = 0;
  int kills = 1;
  for (; !over_ && !HasFailure() && std::chrono::steady_clock::now() < hang; ++kills) {
    live_and_die(random, kills % kListEach == 0);
    const std::int64_t before =
        std::exchange(counted, seen_["indexed"].counted + seen_["plain"].counted);
    if (counted > before) hang = std::chrono::steady_clock::now() + kHang;
  }
  begin();
  EXPECT_TRUE(over_) << status_of("indexed") << status_of("plain");
  std::printf("%d kills\n", kills);
  const Json indexed = status_of("indexed");
  const auto completed = manifest::parse_indexes(indexed.value("completedIndexes", ""), half);
  const auto failed = manifest::parse_indexes(indexed.value("failedIndexes", ""), half);
  EXPECT_EQ(static_cast<std::int64_t>(completed.size() + failed.size()), half) << indexed;
  EXPECT_EQ(indexed.value("failed", 0), static_cast<int>(failed.size())) << indexed;
  for (const char* job : {"indexed", "plain"}) expect_each_counted_once(job);

  client_.ask({"DELETE", kJobsPath, R"({"propagationPolicy":"Background"})"});
  EXPECT_TRUE(poll_until([&] { return names_below(home_.run() + "/pods").empty(); },
                         std::chrono::seconds(60)))
      << DaemonRun::output_in(home_);
  EXPECT_TRUE(pods_of("indexed").empty() && pods_of("plain").empty());
  EXPECT_EQ(daemon_->stop(), 0);
  EXPECT_EQ(Leaks::take(scope).of("process"), std::multiset<std::string>{});
}

}  // namespace
}  // namespace podrun::test
