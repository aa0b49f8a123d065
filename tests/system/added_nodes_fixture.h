// A real daemon to which nodes are added: `podrun node add|remove|partition|heal`.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <thread>

#include "base/files.h"
#include "tests/support/daemon_run.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/system/daemon_load.h"

namespace podrun::test {

using Json = nlohmann::json;
using std::chrono::seconds;

inline constexpr const char* kPods = "/api/v1/namespaces/default/pods";
inline constexpr const char* kControllers = "/api/v1/namespaces/default/replicationcontrollers";
inline constexpr const char* kDaemonSets = "/apis/apps/v1/namespaces/default/daemonsets";
inline constexpr const char* kNodes = "/api/v1/nodes";
inline constexpr const char* kLeases =
    "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

inline bool is_condition(const Json& object, const char* type, const char* status) {
  const Json present = object.value("status", Json::object());
  for (const Json& each : present.value("conditions", Json::array())) {
    if (each["type"] == type) return each["status"] == status;
  }
  return false;
}

inline bool is_terminating(const Json& pod) {
  return pod["metadata"].contains("deletionTimestamp");
}
inline bool is_ready(const Json& pod) { return is_condition(pod, "Ready", "True"); }
inline std::string uid_of(const Json& pod) { return pod["metadata"]["uid"]; }
inline std::string node_of(const Json& pod) { return pod["spec"].value("nodeName", ""); }

/// Every folder of the cgroup, in whatever hierarchy.
inline std::vector<std::string> cgroup_folders(const std::string& path) {
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
  /// Whatever runs as the node's agent now, or is about to.
  std::vector<pid_t> agents(const std::string& node) const {
    const std::string record = home_.data() + "/nodes/" + node + "/node.json";
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      const std::string words = read_file_if_exists(entry.path() / "cmdline").value_or("");
      if (words.starts_with("podrun-agent") && words.find(record) != std::string::npos) {
        found.push_back(std::stoi(name));
      }
    }
    return found;
  }
  /// While there is no daemon to start it again.
  void stop_agent(const std::string& node) const {
    const pid_t pid = Json::parse(read_file(folder(node) + "/supervisor.json"))["pid"].get<pid_t>();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    // Its reaper is whoever adopted it: it may stay a zombie for a moment.
    EXPECT_TRUE(poll_until([&] {
      const auto status = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
      return !status || status->find(") Z ") != std::string::npos;
    }));
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

  bool is_listed(const std::string& name) {
    const Json list = get("/podrun/v1/nodes");
    for (const Json& each : list["items"]) {
      if (each["name"] == name) return true;
    }
    return false;
  }
  bool is_whole(const std::string& name) {
    const Json list = get("/podrun/v1/nodes");
    for (const Json& each : list["items"]) {
      if (each["name"] == name) {
        return each["removing"] == false && each["pid"] > 0 && is_node(name, "True");
      }
    }
    return false;
  }
  bool is_gone(const std::string& name) {
    const auto is_absent = [&](const std::string& path) {
      const auto answer = client_.get(path);
      return answer && answer->status == 404;
    };
    return !is_listed(name) && is_absent(std::string(kNodes) + "/" + name) &&
           is_absent(std::string(kLeases) + "/" + name) &&
           !std::filesystem::exists(home_.data() + "/nodes/" + name) &&
           !std::filesystem::exists(folder(name));
  }
  /// Asks for something, kills the daemon once `moment` has come, and begins anew. The answer's
  /// status; 0 where none came.
  int ask_and_kill(const HttpRequest& request, const std::function<void()>& moment) {
    int status = 0;
    std::thread asking([&] {
      const auto answer = HttpClient(DaemonRun::socket_in(home_)).ask(request);
      if (answer) status = answer->status;
    });
    moment();
    daemon_->kill();
    asking.join();
    begin();
    return status;
  }

  PodHome home_;
  HttpClient client_;
  std::optional<DaemonRun> daemon_;
  std::string host_;
  Leaks before_;
};

}  // namespace podrun::test
