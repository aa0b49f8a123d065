// Nodes that are added to a machine, and that fail: `podrun node add|remove|partition|heal` with a
// real daemon, agents and pods.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <set>

#include "base/files.h"
#include "tests/support/daemon_run.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/daemon_load.h"

namespace podrun::test {
namespace {

using Json = nlohmann::json;
using std::chrono::seconds;

constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kControllers = "/api/v1/namespaces/default/replicationcontrollers";
constexpr const char* kDaemonSets = "/apis/apps/v1/namespaces/default/daemonsets";
constexpr const char* kNodes = "/api/v1/nodes";

bool is_condition(const Json& object, const char* type, const char* status) {
  const Json present = object.value("status", Json::object());
  for (const Json& each : present.value("conditions", Json::array())) {
    if (each["type"] == type) return each["status"] == status;
  }
  return false;
}

bool is_terminating(const Json& pod) { return pod["metadata"].contains("deletionTimestamp"); }
bool is_ready(const Json& pod) { return is_condition(pod, "Ready", "True"); }
std::string uid_of(const Json& pod) { return pod["metadata"]["uid"]; }
std::string node_of(const Json& pod) { return pod["spec"].value("nodeName", ""); }

/// Every folder of the cgroup, in whatever hierarchy.
std::vector<std::string> cgroup_folders(const std::string& path) {
  std::vector<std::string> found;
  for (const char* root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory",
                           "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
    const std::string folder = std::string(root) + "/" + path;
    if (::access(folder.c_str(), F_OK) == 0) found.push_back(folder);
  }
  return found;
}

class AddedNodesTest : public ::testing::Test {
 protected:
  AddedNodesTest() : home_({"busybox"}), client_(DaemonRun::socket_in(home_)) {
    begin();
    post(kPods, {{"metadata", {{"name", "warm-up"}}}, {"spec", sleeping_pod_spec()}});
    EXPECT_TRUE(poll_until([&] { return ready().size() == 1; }, seconds(60))) << story();
    clear();
    podrun({"node", "add", "warm"});
    podrun({"node", "remove", "warm"});
    daemon_->stop();
    before_ = Leaks::take(scope());
    begin();
    host_ = get(kNodes)["items"][0]["metadata"]["name"];
  }

  void TearDown() override {
    clear();
    const Json left = get("/podrun/v1/nodes");
    for (const Json& node : left["items"]) {
      podrun({"node", "remove", node["name"]});
    }
    EXPECT_EQ(daemon_->stop(), 0);
    EXPECT_EQ(leaked_since(before_, scope()), "") << story();
  }

  LeakScope scope() const {
    return {home_.dir().name(),
            {home_.run() + "/pods", home_.run() + "/nodes", home_.data() + "/snapshots",
             home_.data() + "/pods", home_.data() + "/nodes", home_.logs()},
            0};
  }
  /// Nodes are given up after four seconds, and pods leave them a second later.
  void begin() {
    daemon_.emplace(home_,
                    std::vector<std::string>{"--node-monitor-grace-period", "4s",
                                             "--default-not-ready-toleration-seconds", "1",
                                             "--default-unreachable-toleration-seconds", "1"});
    ASSERT_TRUE(daemon_->wait_ready()) << story();
  }
  std::string story() const {
    std::string text = DaemonRun::output_in(home_);
    for (const char* name : {"two", "three"}) {
      text += read_file_if_exists(home_.data() + "/nodes/" + name + "/agent.log").value_or("");
    }
    return text;
  }

  Json get(const std::string& path) {
    const auto answer = client_.get(path);
    return answer && answer->ok() ? answer->json() : Json::object();
  }
  void post(const std::string& path, const Json& body) {
    const auto answer = client_.ask({"POST", path, body.dump()});
    ASSERT_TRUE(answer && answer->ok()) << (answer ? answer->body : "no answer");
  }
  /// podrun's own command; what it said, the exit code in front where that is not 0.
  std::string podrun(std::vector<std::string> words) {
    words.insert(words.begin(), built_binary("podrun"));
    words.insert(words.end(), {"--socket", DaemonRun::socket_in(home_)});
    std::string said;
    const int code = run_command(words, &said);
    return code == 0 ? said : std::to_string(code) + ": " + said;
  }
  void clear() {
    for (const char* path : {kControllers, kDaemonSets, kPods}) {
      client_.ask({"DELETE", path, R"({"propagationPolicy":"Background"})"});
    }
    EXPECT_TRUE(poll_until([&] { return pods().empty(); }, seconds(60))) << story();
  }

  Json pods() { return get(kPods).value("items", Json::array()); }
  /// Those that are ready and are to stay.
  std::vector<Json> ready() {
    std::vector<Json> found;
    for (const Json& pod : pods()) {
      if (is_ready(pod) && !is_terminating(pod)) found.push_back(pod);
    }
    return found;
  }
  std::set<std::string> ready_uids() {
    std::set<std::string> uids;
    for (const Json& pod : ready()) uids.insert(uid_of(pod));
    return uids;
  }
  std::set<std::string> uids_on(const std::string& node) {
    std::set<std::string> uids;
    for (const Json& pod : pods()) {
      if (node_of(pod) == node) uids.insert(uid_of(pod));
    }
    return uids;
  }
  bool until(const std::function<bool()>& condition) { return poll_until(condition, seconds(90)); }
  bool until_ready(std::size_t count) {
    return until([&] { return ready().size() == count; });
  }
  bool is_node(const std::string& name, const char* status) {
    return is_condition(get(std::string(kNodes) + "/" + name), "Ready", status);
  }
  bool until_node(const std::string& name, const char* status) {
    return until([&] { return is_node(name, status); });
  }

  pid_t agent(const std::string& node) {
    const Json list = get("/podrun/v1/nodes");
    for (const Json& each : list["items"]) {
      if (each["name"] == node) return each["pid"].get<pid_t>();
    }
    return -1;
  }
  std::string folder(const std::string& node) const { return home_.run() + "/nodes/" + node; }
  pid_t supervisor(const std::string& node, const std::string& uid) const {
    const auto text = read_file_if_exists(folder(node) + "/pods/" + uid + "/supervisor.json");
    return text ? Json::parse(*text)["pid"].get<pid_t>() : -1;
  }
  std::string cgroup_of(const std::string& node) const {
    return Json::parse(read_file(home_.data() + "/nodes/" + node + "/node.json"))["cgroup"];
  }
  std::size_t pod_folders(const std::string& node) const {
    std::error_code ignored;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder(node) + "/pods", ignored)) {
      count += entry.path().filename().string()[0] == '.' ? 0 : 1;
    }
    return count;
  }

  void make_five() {
    post(kControllers,
         {{"metadata", {{"name", "five"}}},
          {"spec",
           {{"replicas", 5},
            {"selector", {{"app", "five"}}},
            {"template",
             {{"metadata", {{"labels", {{"app", "five"}}}}}, {"spec", sleeping_pod_spec()}}}}}});
    ASSERT_TRUE(until_ready(5)) << pods().dump(1) << story();
  }
  void add_two_and_three() {
    for (const char* name : {"two", "three"}) {
      ASSERT_EQ(podrun({"node", "add", name}), "node/" + std::string(name) + " added\n") << story();
    }
  }
  /// The node is away: its pods go from it, and are five again elsewhere; they run on, though.
  void expect_evicted(const std::string& node, const std::set<std::string>& old) {
    ASSERT_TRUE(until_node(node, "Unknown")) << story();
    ASSERT_TRUE(until([&] {
      std::set<std::string> going;
      for (const Json& pod : pods()) {
        if (is_terminating(pod)) going.insert(uid_of(pod));
      }
      return going == old && ready().size() == 5;
    })) << pods().dump(1)
        << story();
    for (const Json& pod : ready()) EXPECT_NE(node_of(pod), node);
    for (const std::string& uid : old) EXPECT_EQ(::kill(supervisor(node, uid), 0), 0);
  }
  /// It is back: its old pods are gone, in the API and on the machine; five are ready.
  void expect_recovered(const std::string& node, const std::set<std::string>& old) {
    ASSERT_TRUE(until_node(node, "True")) << story();
    ASSERT_TRUE(until([&] { return pods().size() == 5 && pod_folders(node) == 0; }))
        << pods().dump(1) << story();
    EXPECT_EQ(ready().size(), 5U);
    for (const std::string& uid : old) {
      EXPECT_TRUE(cgroup_folders(cgroup_of(node) + "/besteffort/pod" + uid).empty()) << uid;
    }
    EXPECT_TRUE(until([&] {
      const Json spec = get(std::string(kNodes) + "/" + node)["spec"];
      return spec.value("taints", Json::array()).empty();
    }));
  }

  PodHome home_;
  HttpClient client_;
  std::optional<DaemonRun> daemon_;
  std::string host_;
  Leaks before_;
};

TEST_F(AddedNodesTest, ANodeHasItsShareAndItsOwnFolders) {
  ASSERT_EQ(podrun({"node", "add", "two", "--cpus", "1", "--memory", "256Mi", "--labels",
                    "disk=ssd,zone=a"}),
            "node/two added\n")
      << story();
  const Json node = get(std::string(kNodes) + "/two");
  EXPECT_EQ(node["status"]["allocatable"]["cpu"], "1");
  EXPECT_EQ(node["status"]["allocatable"]["memory"], "262144Ki");
  EXPECT_EQ(node["metadata"]["labels"]["disk"], "ssd");
  EXPECT_EQ(node["metadata"]["labels"]["zone"], "a");
  EXPECT_EQ(node["metadata"]["labels"]["kubernetes.io/hostname"], "two");
  EXPECT_EQ(get("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/"
                "two")["spec"]["holderIdentity"],
            "two");
  const std::string cgroup = cgroup_of("two");
  bool limited = false;
  for (const std::string& each : cgroup_folders(cgroup)) {
    for (const char* knob : {"/memory.max", "/memory.limit_in_bytes"}) {
      limited = limited || read_file_if_exists(each + knob) == "268435456\n";
    }
  }
  EXPECT_TRUE(limited);

  Json spec = sleeping_pod_spec();
  spec["nodeSelector"] = {{"disk", "ssd"}};
  spec["containers"][0]["command"] = {"sh", "-c", "echo on $NODE; sleep 1000"};
  spec["containers"][0]["env"] = {
      {{"name", "NODE"}, {"valueFrom", {{"fieldRef", {{"fieldPath", "spec.nodeName"}}}}}}};
  post(kPods, {{"metadata", {{"name", "a"}}}, {"spec", spec}});
  ASSERT_TRUE(until_ready(1)) << pods().dump(1) << story();
  const std::string uid = *ready_uids().begin();
  EXPECT_EQ(Json::parse(read_file(folder("two") + "/pods/" + uid + "/supervisor.json"))["cgroup"],
            cgroup + "/besteffort/pod" + uid);
  EXPECT_TRUE(until([&] { return podrun({"logs", "a"}) == "on two\n"; })) << podrun({"logs", "a"});
  std::string said;
  EXPECT_EQ(run_command({built_binary("podrun"), "exec", "--socket", DaemonRun::socket_in(home_),
                         "a", "--", "echo", "inside"},
                        &said),
            0);
  EXPECT_EQ(said, "inside\n");
  EXPECT_NE(
      run_command({built_binary("podrun"), "image", "rm", "--data-dir", home_.data(), "busybox"}),
      0);

  EXPECT_NE(podrun({"node", "add", "two"}).find("already exists"), std::string::npos);
  EXPECT_NE(podrun({"node", "add", "Two"}).find("Invalid value"), std::string::npos);
  EXPECT_NE(podrun({"node", "add", "four", "--cpus", "0.5"}).find("whole number"),
            std::string::npos);
  EXPECT_NE(podrun({"node", "remove", host_}).find("NotFound"), std::string::npos);

  ASSERT_EQ(podrun({"node", "remove", "two"}), "node/two removed\n") << story();
  EXPECT_EQ(get(kNodes)["items"].size(), 1U);
  EXPECT_TRUE(pods().empty());
  EXPECT_TRUE(cgroup_folders(cgroup).empty());
  EXPECT_NE(::access(folder("two").c_str(), F_OK), 0);
}

TEST_F(AddedNodesTest, AgentsAndPodsOutliveTheDaemonAndEachOther) {
  add_two_and_three();
  make_five();
  const auto pods_before = ready_uids();
  const std::string uid = *uids_on("two").begin();
  const pid_t first = agent("two"), pod = supervisor("two", uid);
  ASSERT_GT(first, 0);

  daemon_->kill();
  begin();
  ASSERT_TRUE(until([&] { return agent("two") == first; })) << story();
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  ASSERT_TRUE(until([&] { return agent("two") > 0 && agent("two") != first; })) << story();
  ASSERT_TRUE(until_node("two", "True"));
  // What the new agent adopted, it can end.
  EXPECT_EQ(supervisor("two", uid), pod);
  EXPECT_EQ(ready_uids(), pods_before);
  clear();
  EXPECT_TRUE(until([&] { return pod_folders("two") == 0; })) << story();
}

TEST_F(AddedNodesTest, PodsLeaveAPartitionedNode) {
  add_two_and_three();
  make_five();
  const auto old = uids_on("two");
  ASSERT_FALSE(old.empty());
  EXPECT_EQ(podrun({"node", "partition", "two"}), "node/two partitioned\n");
  expect_evicted("two", old);
  EXPECT_EQ(podrun({"node", "heal", "two"}), "node/two healed\n");
  expect_recovered("two", old);
}

TEST_F(AddedNodesTest, PodsLeaveANodeWhoseAgentHangs) {
  add_two_and_three();
  make_five();
  const auto old = uids_on("three");
  ASSERT_FALSE(old.empty());
  const pid_t hung = agent("three");
  ASSERT_EQ(::kill(hung, SIGSTOP), 0);
  expect_evicted("three", old);
  ASSERT_EQ(::kill(hung, SIGCONT), 0);
  expect_recovered("three", old);
  EXPECT_EQ(agent("three"), hung);
}

TEST_F(AddedNodesTest, AKilledAgentComesBackIntoAPartition) {
  add_two_and_three();
  make_five();
  const auto old = uids_on("two");
  podrun({"node", "partition", "two"});
  const pid_t first = agent("two");
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  expect_evicted("two", old);
  EXPECT_NE(agent("two"), first);
  podrun({"node", "heal", "two"});
  expect_recovered("two", old);
}

TEST_F(AddedNodesTest, DaemonSetsFollowTheNodes) {
  post(kDaemonSets,
       {{"metadata", {{"name", "each"}}},
        {"spec",
         {{"selector", {{"matchLabels", {{"app", "each"}}}}},
          {"template",
           {{"metadata", {{"labels", {{"app", "each"}}}}}, {"spec", sleeping_pod_spec()}}}}}});
  ASSERT_TRUE(until_ready(1)) << story();
  podrun({"node", "add", "two"});
  ASSERT_TRUE(until_ready(2)) << story();
  EXPECT_EQ(uids_on("two").size(), 1U);
  podrun({"node", "remove", "two"});
  ASSERT_TRUE(until([&] { return pods().size() == 1; })) << pods().dump(1) << story();
  EXPECT_TRUE(until([&] {
    return get(std::string(kDaemonSets) + "/each")["status"]["desiredNumberScheduled"] == 1;
  }));
  EXPECT_EQ(node_of(pods()[0]), host_);
}

}  // namespace
}  // namespace podrun::test
