// The node agent with real pods: start, deletion, its own death and return, its supervisors'
// deaths.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/pidfd.h"
#include "supervisor/node/agent.h"
#include "supervisor/node/exec_channel.h"
#include "supervisor/pod/cleanup.h"
#include "tests/support/fake_api.h"
#include "tests/support/leaks.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"
#include "tests/support/poll_reactor.h"

namespace podrun::test {
namespace {

using Json = store::Json;

/// A machine with images, an API, and an agent that may go and come back.
class NodeAgentTest : public ::testing::Test {
 protected:
  NodeAgentTest() : home_({"busybox"}) {
    api_.on_pod = [this](const store::ObjectKey& key) {
      if (agent_) agent_->pod_changed(key.namespace_, key.name);
    };
    begin();
    create("warm-up", "exit 0", "Never");  // makes the folders that stay
    EXPECT_TRUE(until_phase("warm-up", "Succeeded")) << api_.pod("warm-up").dump(2);
    remove_and_wait("warm-up");
    end();
    before_ = Leaks::take(scope());
    begin();
  }

  void TearDown() override {
    if (!agent_) begin();
    for (const store::Object& pod : api_.list("pods")) remove_and_wait(pod.key.name, 0);
    agent_.reset();
    EXPECT_EQ(leaked_since(before_, scope()), "");
  }

  void begin() {
    node::AgentOptions options;
    options.roots = roots();
    options.program = built_binary("podrun-pod");
    options.version = "1.0.0";
    options.log = [this](const std::string& text) { log_ += text + "\n"; };
    agent_ = std::make_unique<node::NodeAgent>(options, api_, reactor_, clock_);
    agent_->start();
  }
  void end() { agent_.reset(); }

  pod::Roots roots() const { return {home_.data(), home_.run(), home_.logs()}; }
  LeakScope scope() const {
    return {home_.dir().name(),
            {home_.run(), home_.data() + "/snapshots", home_.data() + "/pods", home_.logs()},
            0};
  }

  std::string create(const std::string& name, const std::string& script,
                     const std::string& policy = "Always", int grace = 30) {
    Json pod = {{"apiVersion", "v1"},
                {"kind", "Pod"},
                {"metadata", {{"name", name}}},
                {"spec",
                 {{"containers", Json::array({{{"name", "main"},
                                               {"image", "busybox"},
                                               {"imagePullPolicy", "Never"},
                                               {"command", {"sh", "-c", script}}}})},
                  {"restartPolicy", policy},
                  {"terminationGracePeriodSeconds", grace}}}};
    return (*api_.create("pods", "default", std::move(pod)).json)["metadata"]["uid"];
  }
  bool until(const std::function<bool()>& condition) { return reactor_.run_until(condition); }
  bool until_phase(const std::string& name, const std::string& phase) {
    return until([&] { return status(name).value("phase", "") == phase; });
  }
  Json status(const std::string& name) const {
    const Json pod = api_.pod(name);
    return pod.is_null() ? Json::object() : pod["status"];
  }
  Json container(const std::string& name) const {
    const Json all = status(name).value("containerStatuses", Json::array());
    return all.empty() ? Json::object() : all[0];
  }
  bool until_gone(const std::string& name) {
    return until([&] { return api_.pod(name).is_null(); });
  }
  void remove(const std::string& name, int grace = 30) {
    api::DeleteOptions options;
    options.grace_period_seconds = grace;
    api_.remove({"pods", "default", name}, options);
  }
  void remove_and_wait(const std::string& name, int grace = 1) {
    remove(name, grace);
    EXPECT_TRUE(until_gone(name)) << api_.pod(name).dump(2) << log_;
    // A forced deletion is told before it is carried out.
    EXPECT_TRUE(until([&] { return pod::pods_in(roots()).empty() || grace > 0; })) << log_;
  }
  std::string folder(const std::string& uid) const { return home_.run() + "/pods/" + uid; }
  /// Where those processes are in /proc that lie in the container's cgroup and pass a `test`, a
  /// shell command over the folder $p. Processes may end meanwhile.
  std::string container_processes(const std::string& uid, const std::string& test) const {
    std::string found;
    run_command({"sh", "-c",
                 "exec 2>/dev/null; for f in $(grep -ls 'pod" + uid +
                     "/main$' /proc/[0-9]*/cgroup); do p=${f%/cgroup}; " + test +
                     " && echo $p; done; true"},
                &found);
    return found;
  }
  std::string first_process(const std::string& uid) const {
    return container_processes(uid, "grep -qE '^NSpid:.*[^0-9]1$' $p/status");
  }

  PodHome home_;
  FakeApi api_;
  PollReactor reactor_;
  SystemClock clock_;
  std::string log_;
  std::unique_ptr<node::NodeAgent> agent_;
  Leaks before_;
};

constexpr const char* kForever = "trap \"exit 0\" TERM; echo up; while :; do sleep 0.1; done";

TEST_F(NodeAgentTest, RegistersTheNode) {
  const auto* node = api_.get({"nodes", "", agent_->node_name()});
  ASSERT_NE(node, nullptr);
  EXPECT_EQ((*node->json)["status"]["nodeInfo"]["containerRuntimeVersion"], "podrun://1.0.0");
  const auto* lease =
      api_.get({"leases.coordination.k8s.io", "kube-node-lease", agent_->node_name()});
  ASSERT_NE(lease, nullptr);
  EXPECT_EQ((*lease->json)["metadata"]["ownerReferences"][0]["uid"],
            (*node->json)["metadata"]["uid"]);
}

TEST_F(NodeAgentTest, PodStartsAndIsDeletedInGrace) {
  const int scheduled = api_.event_count("Scheduled");
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until_phase("web", "Running")) << api_.pod("web").dump(2) << log_;
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); }));
  EXPECT_EQ(api_.pod("web")["spec"]["nodeName"], agent_->node_name());
  EXPECT_TRUE(status("web").contains("hostIP"));
  EXPECT_EQ(api_.event_count("Scheduled"), scheduled + 1);
  struct stat control {};
  ASSERT_EQ(::stat((folder(uid) + "/control").c_str(), &control), 0);
  EXPECT_EQ(control.st_mode & 0777, 0600U);

  // A first process without a handler would not see the signal at all: wait for its trap.
  const std::string log = home_.logs() + "/default_web_" + uid + "/main/0.log";
  ASSERT_TRUE(
      until([&] { return read_file_if_exists(log).value_or("").find("up") != std::string::npos; }));
  remove("web", 30);
  ASSERT_TRUE(until_gone("web")) << log_;
  EXPECT_NE(::access(folder(uid).c_str(), F_OK), 0);
  EXPECT_TRUE(api_.list("pods").empty());
  EXPECT_GE(api_.event_count("Killing"), 1);
}

TEST_F(NodeAgentTest, ShorterGraceShortensARunningTermination) {
  create("stubborn", "trap \"\" TERM; echo up; while :; do sleep 0.1; done");
  ASSERT_TRUE(until_phase("stubborn", "Running")) << log_;
  remove("stubborn", 600);
  ASSERT_TRUE(until([&] { return api_.event_count("Killing") > 0; }));
  remove("stubborn", 1);
  EXPECT_TRUE(until_gone("stubborn")) << log_;
}

TEST_F(NodeAgentTest, ForcedDeletionKills) {
  const std::string uid = create("stubborn", "trap \"\" TERM; while :; do sleep 0.1; done");
  ASSERT_TRUE(until_phase("stubborn", "Running")) << log_;
  remove("stubborn", 0);
  EXPECT_TRUE(until([&] { return ::access(folder(uid).c_str(), F_OK) != 0; })) << log_;
  EXPECT_EQ(container_processes(uid, "true"), "");
}

TEST_F(NodeAgentTest, NewAgentAdoptsWhatRuns) {
  const int before = api_.event_count("Started");  // of the pod that warmed up
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); })) << log_;
  const std::string running = first_process(uid);
  ASSERT_NE(running, "");
  // The supervisor writes its events after its status.
  ASSERT_TRUE(until([&] { return api_.event_count("Started") == before + 1; }));
  end();
  begin();
  ASSERT_TRUE(agent_->supervisor_of(uid).has_value());
  reactor_.run_once(std::chrono::milliseconds(20));
  EXPECT_EQ(first_process(uid), running);
  EXPECT_EQ(container("web")["restartCount"], 0);
  EXPECT_EQ(api_.event_count("Started"), before + 1);  // each event once
  EXPECT_EQ(api_.event_count("SandboxChanged"), 0);
  remove_and_wait("web");
}

TEST_F(NodeAgentTest, DeletionWhileNoAgentRanIsCarriedOut) {
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until_phase("web", "Running")) << log_;
  end();
  remove("web", 0);
  begin();
  EXPECT_TRUE(until([&] { return ::access(folder(uid).c_str(), F_OK) != 0; })) << log_;
}

TEST_F(NodeAgentTest, DeadSupervisorsPodIsRecreated) {
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); })) << log_;
  ::kill(*agent_->supervisor_of(uid), SIGKILL);
  ASSERT_TRUE(until([&] {
    return container("web").value("restartCount", 0) == 1 && container("web").value("ready", false);
  })) << api_.pod("web").dump(2)
      << log_;
  EXPECT_EQ(api_.event_count("SandboxChanged"), 1);
  EXPECT_EQ(container("web")["lastState"]["terminated"]["exitCode"], 137);
  EXPECT_EQ(status("web")["phase"], "Running");
}

TEST_F(NodeAgentTest, SupervisorThatDiedWithTheAgentIsFoundAndRecreated) {
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); })) << log_;
  const Process supervisor = Process::open(*agent_->supervisor_of(uid));
  end();
  supervisor.signal(SIGKILL);
  supervisor.reap();
  begin();
  ASSERT_TRUE(until([&] {
    return container("web").value("restartCount", 0) == 1 && container("web").value("ready", false);
  })) << api_.pod("web").dump(2)
      << log_;
  EXPECT_EQ(api_.event_count("SandboxChanged"), 1);
}

TEST_F(NodeAgentTest, EndWhileNoAgentRanIsTakenOver) {
  const std::string uid = create("job", "sleep 0.5; echo done; exit 3", "Never");
  ASSERT_TRUE(until_phase("job", "Running")) << log_;
  const Process supervisor = Process::open(*agent_->supervisor_of(uid));
  end();
  supervisor.reap();
  pod::clean_up_dead_pods(roots());  // as `podrun run` does: it leaves the daemon's alone
  begin();
  ASSERT_TRUE(until_phase("job", "Failed")) << log_;
  EXPECT_EQ(container("job")["state"]["terminated"]["exitCode"], 3);
  EXPECT_EQ(api_.event_count("SandboxChanged"), 0);
  EXPECT_EQ(::access(folder(uid).c_str(), F_OK), 0);  // it stays until it is deleted
  remove_and_wait("job");
}

/// Polls a command's channel until it has ended; keeps a terminal that comes along.
node::ExecChannel::News end_of(node::ExecChannel& channel, Fd* terminal = nullptr) {
  using Kind = node::ExecChannel::News::Kind;
  node::ExecChannel::News news;
  EXPECT_TRUE(poll_until([&] {
    news = channel.read();
    if (news.kind == Kind::kStarted && terminal != nullptr) *terminal = std::move(news.terminal);
    return news.kind != Kind::kNone && news.kind != Kind::kStarted;
  }));
  return news;
}

TEST_F(NodeAgentTest, CommandsRunInTheContainer) {
  using Kind = node::ExecChannel::News::Kind;
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); })) << log_;
  end();  // exec needs the supervisor alone

  Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
  auto channel = node::ExecChannel::open(
      roots(), uid, {"main", {"sh", "-c", "cat; hostname; echo bad >&2; exit 7"}, false},
      {in.read.get(), out.write.get(), err.write.get()});
  for (Fd* fd : {&in.read, &out.write, &err.write}) fd->reset();
  write_all(in.write.get(), "hello\n", "the command's input");
  in.write.reset();
  const auto ended = end_of(channel);
  EXPECT_EQ(ended.kind, Kind::kExited);
  EXPECT_EQ(ended.code, 7);
  EXPECT_EQ(read_all(out.read.get()), "hello\nweb\n");
  EXPECT_EQ(read_all(err.read.get()), "bad\n");

  auto absent = node::ExecChannel::open(roots(), uid, {"other", {"true"}, true}, {});
  const auto refused = end_of(absent);
  EXPECT_EQ(refused.kind, Kind::kFailed);
  EXPECT_EQ(refused.text, "container other is not running");
  auto missing = node::ExecChannel::open(roots(), uid, {"main", {"/no/such"}, true}, {});
  EXPECT_EQ(end_of(missing).kind, Kind::kFailed);
}

TEST_F(NodeAgentTest, CommandsHaveATerminalAndOutliveTheirClient) {
  using Kind = node::ExecChannel::News::Kind;
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); })) << log_;
  Fd terminal;
  auto channel = node::ExecChannel::open(
      roots(), uid, {"main", {"sh", "-c", "test -t 0 && read x && exit $x"}, true}, {});
  ASSERT_TRUE(poll_until([&] {
    auto news = channel.read();
    if (news.kind == Kind::kStarted) terminal = std::move(news.terminal);
    return terminal.valid();
  }));
  write_all(terminal.get(), "9\n", "the terminal");
  EXPECT_EQ(end_of(channel).code, 9);

  {
    auto left = node::ExecChannel::open(roots(), uid, {"main", {"sleep", "4711"}, true}, {});
    ASSERT_TRUE(poll_until([&] {
      auto news = left.read();
      if (news.kind == Kind::kStarted) terminal = std::move(news.terminal);
      return news.kind == Kind::kStarted;
    }));
  }
  EXPECT_NE(container_processes(uid, "grep -q 4711 $p/cmdline"), "");
  EXPECT_EQ(container("web")["restartCount"], 0);
}

TEST_F(NodeAgentTest, WhatCannotStartSaysWhyAndIsTriedAgain) {
  const std::string uid = create("bad", "exit 0");
  Json pod = api_.pod("bad");
  pod["spec"]["restartPolicy"] = "Sometimes";
  api_.update({"pods", "default", "bad"}, pod);
  ASSERT_TRUE(until([&] { return api_.event_count("FailedCreatePodSandBox") >= 2; })) << log_;
  EXPECT_NE(api_.records.back().message.find("Sometimes"), std::string::npos)
      << api_.records.back().message;
}

}  // namespace
}  // namespace podrun::test
