// A daemon that is killed while a node is added or removed.
#include <fcntl.h>
#include <sys/file.h>

#include "base/fd.h"
#include "tests/system/added_nodes_fixture.h"

namespace podrun::test {
namespace {

TEST_F(AddedNodesTest, AKilledDaemonLeavesANodeWholeOrGone) {
  const std::string record = home_.data() + "/nodes/two/node.json";
  const auto after = [](int milliseconds) {
    return [=] { std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds)); };
  };
  // The moment after which nobody knows of the node any more.
  const auto forgotten = [&] {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    while (::access(record.c_str(), F_OK) == 0 && std::chrono::steady_clock::now() < end) {
    }
  };
  const std::vector<std::function<void()>> moments = {after(0), after(30), after(90), forgotten,
                                                      forgotten};
  const HttpRequest add{"POST", "/podrun/v1/nodes", R"({"name":"two"})"};
  const HttpRequest remove{"DELETE", "/podrun/v1/nodes/two", "{}"};
  for (std::size_t i = 0; i < moments.size(); ++i) {
    SCOPED_TRACE(i);
    if (i < 3) {
      const int added = ask_and_kill(add, moments[i]);
      ASSERT_TRUE(until([&] { return is_whole("two") || is_gone("two"); })) << story();
      EXPECT_TRUE(added != 201 || is_whole("two"));
    }
    if (!is_whole("two")) {
      ASSERT_EQ(podrun({"node", "add", "two"}), "node/two added\n") << story();
    }
    const int removed = ask_and_kill(remove, moments[i]);
    ASSERT_TRUE(until([&] { return is_gone("two") || (removed != 202 && is_whole("two")); }))
        << removed << get(kNodes).dump(1) << story();
  }
  if (is_gone("two")) {
    ASSERT_EQ(podrun({"node", "add", "two"}), "node/two added\n") << story();
  }
  EXPECT_EQ(podrun({"node", "remove", "two"}), "node/two removed\n");
  EXPECT_TRUE(is_gone("two"));
}

/// What an agent that is killed while it makes the cgroup leaves, and one that removes it.
TEST_F(AddedNodesTest, ANodesCgroupThatIsThereInPartIsCompletedAndRemoved) {
  const auto is_v2 = [](const std::string& folder) {
    return ::access((folder + "/cgroup.controllers").c_str(), F_OK) == 0;
  };
  ASSERT_EQ(podrun({"node", "add", "two", "--cpus", "1", "--memory", "256Mi"}), "node/two added\n");
  const std::string cgroup = cgroup_of("two");
  const auto folders = cgroup_folders(cgroup);
  if (folders.size() == 1) GTEST_SKIP() << "one hierarchy: it is there, or it is not";
  daemon_->kill();
  stop_agent("two");
  for (const std::string& each : folders) {
    EXPECT_TRUE(is_v2(each) || ::rmdir(each.c_str()) == 0) << each;
  }
  begin();
  EXPECT_TRUE(until([&] { return is_whole("two"); })) << story();
  EXPECT_EQ(cgroup_folders(cgroup), folders);

  daemon_->kill();
  stop_agent("two");
  for (const std::string& each : folders) {
    EXPECT_TRUE(!is_v2(each) || ::rmdir(each.c_str()) == 0) << each;
  }
  auto record = Json::parse(read_file(home_.data() + "/nodes/two/node.json"));
  record["removing"] = true;
  replace_file(home_.data() + "/nodes/two/node.json", record.dump(), 0600);
  begin();
  EXPECT_TRUE(until([&] { return is_gone("two"); })) << story();
  EXPECT_TRUE(cgroup_folders(cgroup).empty());
}

TEST_F(AddedNodesTest, AnAgentThatIsKilledAsItBeginsLeavesAWholeNode) {
  for (const int milliseconds : {0, 2, 5, 10, 20, 40}) {
    SCOPED_TRACE(milliseconds);
    const auto added =
        client_.ask({"POST", "/podrun/v1/nodes", R"({"name":"two","cpus":1,"memory":268435456})"});
    ASSERT_TRUE(added && added->ok()) << (added ? added->body : story());
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    for (const pid_t pid : agents("two")) ::kill(pid, SIGKILL);
    ASSERT_TRUE(until([&] { return is_whole("two"); })) << story();
    ASSERT_EQ(podrun({"node", "remove", "two"}), "node/two removed\n") << story();
  }
}

/// Supervisors that the agent has just started outlive it, and are known by their locks only.
TEST_F(AddedNodesTest, ARemovalWhilePodsStartLeavesNothing) {
  Json spec = sleeping_pod_spec();
  spec["nodeSelector"] = {{"kubernetes.io/hostname", "two"}};
  for (const int milliseconds : {0, 50, 120, 300}) {
    SCOPED_TRACE(milliseconds);
    ASSERT_EQ(podrun({"node", "add", "two"}), "node/two added\n") << story();
    const std::string cgroup = cgroup_of("two");
    post(kControllers,
         {{"metadata", {{"name", "many"}}},
          {"spec",
           {{"replicas", 20},
            {"selector", {{"app", "many"}}},
            {"template", {{"metadata", {{"labels", {{"app", "many"}}}}}, {"spec", spec}}}}}});
    EXPECT_TRUE(until([&] { return pod_folders("two") > 0; })) << story();
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    ASSERT_EQ(podrun({"node", "remove", "two"}), "node/two removed\n") << story();
    EXPECT_TRUE(is_gone("two"));
    EXPECT_TRUE(cgroup_folders(cgroup).empty());
    clear();
    EXPECT_FALSE(std::filesystem::exists(folder("two")));
    EXPECT_TRUE(cgroup_folders(cgroup).empty());
  }
}

TEST_F(AddedNodesTest, ARemovalWaitsForASupervisorThatIsKnownByItsLockOnly) {
  ASSERT_EQ(podrun({"node", "add", "two"}), "node/two added\n") << story();
  const std::string pod = folder("two") + "/pods/00000000-aaaa-bbbb-cccc-000000000000";
  make_dirs(pod, 0700);
  Fd lock(::open(pod.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(lock.get(), LOCK_EX), 0);
  ASSERT_TRUE(client_.ask({"DELETE", "/podrun/v1/nodes/two", "{}"})->ok());
  EXPECT_FALSE(poll_until([&] { return !is_listed("two"); }, seconds(4))) << story();
  EXPECT_TRUE(std::filesystem::exists(pod));
  EXPECT_NE(story().find("the supervisor of pod"), std::string::npos) << story();
  lock.reset();
  EXPECT_TRUE(until([&] { return is_gone("two"); })) << story();
}

TEST_F(AddedNodesTest, AGraceOfLessThanFourHeartbeatsIsRefused) {
  std::string said;
  EXPECT_EQ(
      run_command({built_binary("podrun"), "daemon", "--node-monitor-grace-period", "3s"}, &said),
      2);
  EXPECT_NE(said.find("for --node-monitor-grace-period: at least 4s"), std::string::npos) << said;
}

}  // namespace
}  // namespace podrun::test
