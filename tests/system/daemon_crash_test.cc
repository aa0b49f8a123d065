// The daemon is killed at random moments under load. PODRUN_CRASHES kills it so often (default: few
// enough for a minute), PODRUN_CRASH_SEED repeats a run's choices.
#include "tests/system/daemon_crash.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <set>
#include <sstream>

#include "base/files.h"
#include "tests/support/daemon_run.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/daemon_load.h"

namespace podrun::test {
namespace {

using Json = nlohmann::json;
using namespace nlohmann::literals;
using Texts = std::set<std::string>;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr int kCrashes = 100;
constexpr int kClients = 4;
constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kControllers = "/api/v1/namespaces/default/replicationcontrollers";
constexpr const char* kReplicaSets = "/apis/apps/v1/namespaces/default/replicasets";
/// How soon after its exec a daemon may be killed: it serves after some 30 ms.
constexpr int kStartMicroseconds = 120'000;
/// How long after a request was sent: what follows from it takes some milliseconds.
constexpr int kWorkMicroseconds = 20'000;

/// The uids of the pods that have a cgroup, in any hierarchy.
Texts pod_cgroups() {
  Texts uids;
  std::error_code ignored;
  std::filesystem::recursive_directory_iterator at("/sys/fs/cgroup", ignored), end;
  for (; !ignored && at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (name.rfind("pod", 0) == 0) uids.insert(name.substr(3));
  }
  return uids;
}

/// The uids that supervisors (and what they hold ready) have in their words; `home` is in them,
/// too.
Texts supervised_in(const std::string& home) {
  std::string words;
  run_command({"sh", "-c",
               "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -A9 '^" + home +
                   "/' | grep -A1 '^--uid$' | grep -e '-.*-.*-.*-'"},
              &words);
  Texts uids;
  std::istringstream lines(words);
  for (std::string line; std::getline(lines, line);) uids.insert(line);
  return uids;
}

class DaemonCrashTest : public ::testing::Test {
 protected:
  DaemonCrashTest() : home_({"busybox"}), client_(DaemonRun::socket_in(home_)) {}

  LeakScope scope() const {
    return {
        home_.dir().name(),
        {home_.run() + "/pods", home_.data() + "/snapshots", home_.data() + "/pods", home_.logs()},
        0};
  }
  void TearDown() override {
    if (!daemon_ || daemon_->ended()) begin();
    remove_all();
    EXPECT_EQ(daemon_->stop(), 0);
    EXPECT_EQ(leaked_since(before_, scope()), "");
  }

  void begin() {
    daemon_.emplace(home_);
    ASSERT_TRUE(daemon_->wait_ready()) << DaemonRun::output_in(home_);
  }
  Json get(const std::string& path) {
    const auto answer = client_.get(path);
    return answer && answer->ok() ? answer->json() : Json::object();
  }
  Json pods() { return get(kPods).value("items", Json::array()); }
  void post(const std::string& path, const Json& body) {
    const auto answer = client_.ask({"POST", path, body.dump()});
    ASSERT_TRUE(answer && answer->ok()) << (answer ? answer->body : "no answer");
  }
  void remove_all() {
    for (const char* path : {kControllers, "/apis/apps/v1/namespaces/default/deployments",
                             "/apis/apps/v1/namespaces/default/daemonsets",
                             "/apis/batch/v1/namespaces/default/cronjobs",
                             "/apis/batch/v1/namespaces/default/jobs", kReplicaSets, kPods}) {
      client_.ask({"DELETE", path, R"({"propagationPolicy":"Background"})"});
    }
    EXPECT_TRUE(poll_until([&] { return names_below(home_.run() + "/pods").empty(); }, seconds(60)))
        << DaemonRun::output_in(home_);
  }

  /// Makes the folders that stay, so that what the rest leaves is seen.
  void warm_up() {
    begin();
    post(kPods, {{"metadata", {{"name", "warm-up"}}}, {"spec", sleeping_pod_spec()}});
    ASSERT_TRUE(poll_until([&] { return ready_pods() == 1; }));
    remove_all();
    daemon_->stop();
    daemon_.reset();
    before_ = Leaks::take(scope());
  }
  int ready_pods() {
    int ready = 0;
    for (const Json& pod : pods()) {
      const Json status = pod.value("status", Json::object());
      for (const Json& one : status.value("containerStatuses", Json::array())) {
        ready += one.value("ready", false) ? 1 : 0;
      }
    }
    return ready;
  }

  /// Pods that nobody touches while the daemon dies: "name uid container restarts".
  void make_steady() {
    post(kPods, {{"metadata", {{"name", "steady-alone"}, {"labels", {{"steady", "yes"}}}}},
                 {"spec", sleeping_pod_spec()}});
    post(kControllers, {{"metadata", {{"name", "steady"}}},
                        {"spec",
                         {{"replicas", 2},
                          {"template",
                           {{"metadata", {{"labels", {{"steady", "yes"}, {"app", "steady"}}}}},
                            {"spec", sleeping_pod_spec()}}}}}});
    ASSERT_TRUE(poll_until([&] { return ready_pods() == 3; })) << pods().dump(2);
  }
  Texts steady() {
    Texts all;
    for (const Json& pod :
         get(std::string(kPods) + "?labelSelector=steady").value("items", Json::array())) {
      const Json& container = pod["status"]["containerStatuses"][0];
      all.insert(pod["metadata"]["name"].get<std::string>() + " " +
                 pod["metadata"]["uid"].get<std::string>() + " " +
                 container["containerID"].get<std::string>() + " " +
                 container["restartCount"].dump() + " " + container["state"].dump());
    }
    return all;
  }

  /// One daemon's life, to a random moment of its start or of its work.
  void crash(Load& load, std::mt19937_64& random) {
    const auto up_to = [&random](int most) { return int(random() % std::uint64_t(most)); };
    daemon_.emplace(home_);
    if (up_to(4) == 0) {
      std::this_thread::sleep_for(microseconds(up_to(kStartMicroseconds)));
    } else {
      ASSERT_TRUE(daemon_->wait_ready()) << DaemonRun::output_in(home_);
      const std::uint64_t target = load.figures.sent + 1 + std::uint64_t(up_to(60));
      EXPECT_TRUE(poll_until([&] { return load.figures.sent >= target; }, seconds(30),
                             std::chrono::milliseconds(1)));
      std::this_thread::sleep_for(microseconds(up_to(kWorkMicroseconds)));
    }
    ASSERT_FALSE(daemon_->ended()) << DaemonRun::output_in(home_);
    daemon_->kill();
    for (const std::string& uid : names_below(home_.run() + "/pods")) seen_uids_.insert(uid);
  }

  std::string difference(Load& load);
  std::string uneven_pod(const Json& pod, const std::string& owner,
                         const std::map<std::string, int>& left) const;
  std::map<std::string, std::string> owners_of_replica_sets();

  PodHome home_;
  HttpClient client_;
  std::optional<DaemonRun> daemon_;
  Leaks before_;
  Texts seen_uids_;  // of all pods that ever had a folder
};

/// Why one pod is not as it must be once all is settled; "" where it is.
std::string DaemonCrashTest::uneven_pod(const Json& pod, const std::string& owner,
                                        const std::map<std::string, int>& owners) const {
  const std::string name = pod["metadata"]["name"];
  if (pod["metadata"].contains("deletionTimestamp")) return name + " is being deleted";
  const Json status = pod.value("status", Json::object());
  const Json containers = status.value("containerStatuses", Json::array());
  if (containers.size() != 1 || !containers[0].value("ready", false)) {
    return name + " is not ready: " + status.dump();
  }
  if (containers[0].value("restartCount", -1) != 0) {
    return name + " was restarted: " + status.dump();
  }
  if (!owner.empty() && !owners.contains(owner)) return name + " has an owner that is not there";
  return "";
}

/// The uids of the deployments that have them, by theirs.
std::map<std::string, std::string> DaemonCrashTest::owners_of_replica_sets() {
  std::map<std::string, std::string> owners;
  for (const Json& set : get(kReplicaSets).value("items", Json::array())) {
    const std::string owner = set.value("/metadata/ownerReferences/0/uid"_json_pointer, "");
    if (!owner.empty()) owners[set["metadata"]["uid"]] = owner;
  }
  return owners;
}

/// What is not as it must be; "" once all is settled.
std::string DaemonCrashTest::difference(Load& load) {
  std::map<std::string, int> missing;  // by the owner's uid
  Texts alone{"steady-alone"};
  for (const LoadedObject& object : load.objects()) {
    const bool present = object.possible.front().is == LoadedObject::Is::kPresent;
    if (present && !object.counts().empty()) {
      missing[object.uid] = object.has_replicas() ? object.possible.front().replicas : 1;
      const Json status = get(object.path()).value("status", Json::object());
      for (const std::string& count : object.counts()) {
        if (status.value(count, 0) != missing[object.uid]) {
          return object.name + " has the status " + status.dump();
        }
      }
    }
    if (present && object.kind == LoadedObject::Kind::kPod) alone.insert(object.name);
  }
  missing[get(std::string(kControllers) + "/steady").value("/metadata/uid"_json_pointer, "")] = 2;
  const auto deployments = owners_of_replica_sets();
  Texts uids, names;
  for (const Json& pod : pods()) {
    std::string owner = pod.value("/metadata/ownerReferences/0/uid"_json_pointer, "");
    if (const auto found = deployments.find(owner); found != deployments.end()) {
      owner = found->second;
    }
    const std::string uneven = uneven_pod(pod, owner, missing);
    if (!uneven.empty()) return uneven;
    if (owner.empty()) {
      alone.erase(pod["metadata"]["name"]);
    } else {
      --missing[owner];
    }
    if (!names.insert(pod["metadata"]["name"]).second) return "a name is there twice";
    if (!uids.insert(pod["metadata"]["uid"]).second) return "a uid is there twice";
  }
  for (const auto& [uid, number] : missing) {
    if (number != 0) return uid + " has " + std::to_string(number) + " pods too few";
  }
  if (!alone.empty()) return "there is no pod " + *alone.begin();
  const Texts folders = names_below(home_.run() + "/pods");
  if (folders != uids) {
    std::string found;
    run_command({"sh", "-c", "ls -lAR \"$0\"", home_.run() + "/pods"}, &found);
    return "pod folders are not those of the pods: " + found;
  }
  seen_uids_.insert(uids.begin(), uids.end());
  Texts cgroups;
  for (const std::string& uid : pod_cgroups()) {
    if (seen_uids_.contains(uid)) cgroups.insert(uid);
  }
  if (cgroups != uids) return "cgroups are not those of the pods";
  return supervised_in(home_.dir().path()) == uids ? "" : "supervisors are not those of the pods";
}

TEST_F(DaemonCrashTest, NothingIsLostTwiceOrLeftBehind) {
  const std::uint64_t crashes = number_from("PODRUN_CRASHES", kCrashes);
  const std::uint64_t seed = number_from("PODRUN_CRASH_SEED", std::random_device()());
  std::printf("PODRUN_CRASHES=%lu PODRUN_CRASH_SEED=%lu\n", static_cast<unsigned long>(crashes),
              static_cast<unsigned long>(seed));
  warm_up();
  begin();
  make_steady();
  const Texts steady_before = steady();
  daemon_->kill();

  std::mt19937_64 random(seed);
  Load load(DaemonRun::socket_in(home_), kClients, random());
  load.start();
  for (std::uint64_t i = 0; i < crashes && load.figures.problems().empty() && !HasFailure(); ++i) {
    crash(load, random);
  }
  begin();
  load.stop();
  load.check_all();
  const std::string revision = get(kPods).value("/metadata/resourceVersion"_json_pointer, "0");
  EXPECT_GE(std::stoll(revision), load.figures.revision);
  std::string uneven;
  EXPECT_TRUE(poll_until(
      [&] {
        uneven = difference(load);
        return uneven.empty();
      },
      seconds(60), std::chrono::milliseconds(50)))
      << uneven;
  EXPECT_EQ(steady(), steady_before);
  for (const std::string& problem : load.figures.problems()) ADD_FAILURE() << problem;
  std::printf("%lu requests; %lu writes acknowledged, %lu cut off; %zu pods\n",
              static_cast<unsigned long>(load.figures.sent),
              static_cast<unsigned long>(load.figures.acknowledged),
              static_cast<unsigned long>(load.figures.unanswered), seen_uids_.size());
  if (HasFailure()) std::puts(DaemonRun::output_in(home_).c_str());
}

}  // namespace
}  // namespace podrun::test
