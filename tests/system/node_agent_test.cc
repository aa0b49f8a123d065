// The node agent with real pods: start, deletion, its own death and return, its supervisors'
// deaths.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pidfd.h"
#include "cgroups/cgroup.h"
#include "node_agent_fixture.h"
#include "supervisor/node/exec_channel.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

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
  const std::string uid = create("web", kForever);
  ASSERT_TRUE(until_phase("web", "Running")) << api_.pod("web").dump(2) << log_;
  ASSERT_TRUE(until([&] { return container("web").value("ready", false); }));
  EXPECT_TRUE(status("web").contains("hostIP"));
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

TEST_F(NodeAgentTest, ActsOnPodsThatAreBoundHereOnly) {
  const auto made = [&](const std::string& name, const std::string& node) {
    Json pod = {{"apiVersion", "v1"},
                {"kind", "Pod"},
                {"metadata", {{"name", name}}},
                {"spec", {{"containers", Json::array({{{"name", "c"}, {"image", "busybox"}}})}}}};
    if (!node.empty()) pod["spec"]["nodeName"] = node;
    api_.create("pods", "default", std::move(pod));
  };
  made("nobodys", "");
  made("anothers", "another-node");
  create("ours", "exit 0", "Never");
  ASSERT_TRUE(until_phase("ours", "Succeeded")) << log_;
  EXPECT_EQ(status("nobodys").value("phase", ""), "Pending");
  EXPECT_EQ(status("anothers").value("phase", ""), "Pending");
  for (const char* name : {"nobodys", "anothers"}) remove(name, 0);
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

// On a hybrid host the v2 folder of a cgroup goes first, and whoever removes it may be killed then.
TEST_F(NodeAgentTest, APodsCgroupThatIsLeftInPartGoes) {
  const cgroups::Layout layout = cgroups::detect_layout();
  const std::string uid = "left-" + std::to_string(::getpid());
  const std::string cgroup = "podrun/pod" + uid;
  cgroups::Cgroup::create(layout, cgroup).release();
  ASSERT_EQ(::rmdir((layout.v2_root + "/" + cgroup).c_str()), 0);
  make_dirs(folder(uid));
  const Json record = {{"pid", 0}, {"startTime", 1}, {"cgroup", cgroup}};
  replace_file(folder(uid) + "/supervisor.json", record.dump());
  const auto cleaned = pod::clean_up_pod(roots(), layout, uid, false);
  EXPECT_TRUE(cleaned.problems.empty());
  EXPECT_FALSE(cgroups::Cgroup::find(layout, cgroup));
  EXPECT_NE(::access(folder(uid).c_str(), F_OK), 0);
}

// A daemon may be killed while it makes a pod's folder or removes one.
TEST_F(NodeAgentTest, WhatWasHalfMadeOrHalfRemovedGoes) {
  end();
  const std::string pods = home_.run() + "/pods";
  for (const char* name : {"/.daemon-a", "/.old-b", "/c"}) {
    make_dirs(pods + name + std::string("/shm"));
    replace_file(pods + name + std::string("/owner"), "daemon\n");
  }
  ::unlink((pods + "/.old-b/owner").c_str());
  begin();
  EXPECT_TRUE(until([&] {
    std::string left;
    run_command({"ls", "-A", pods}, &left);
    return left.empty();
  }));
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
