// Nodes that are added to a machine, and that fail: `podrun node add|remove|partition|heal` with a
// real daemon, agents and pods.
#include "tests/system/added_nodes_fixture.h"

namespace podrun::test {
namespace {

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
  // Its first Lease follows its first status.
  EXPECT_TRUE(until([&] {
    const Json lease = get(std::string(kLeases) + "/two");
    return !lease.empty() && lease["spec"]["holderIdentity"] == "two";
  }));
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

  EXPECT_NE(podrun({"top", "pods"}).find("\na "), std::string::npos);
  const std::string used = podrun({"top", "nodes"});
  EXPECT_NE(used.find("\ntwo "), std::string::npos) << used;
  EXPECT_NE(used.find("\n" + host_ + " "), std::string::npos) << used;
  EXPECT_EQ(used.find("<unknown>"), std::string::npos) << used;

  spec["nodeName"] = "two";
  spec["containers"][0]["resources"]["requests"] = {{"cpu", "1500m"}};
  post(kPods, {{"metadata", {{"name", "large"}}}, {"spec", spec}});
  const std::string large = std::string(kPods) + "/large";
  ASSERT_TRUE(until([&] { return get(large)["status"]["phase"] == "Failed"; })) << story();
  EXPECT_EQ(get(large)["status"]["reason"], "OutOfcpu");
  EXPECT_EQ(get(large)["status"]["message"],
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 0, "
            "capacity: 1000");

  EXPECT_NE(podrun({"node", "add", "two"}).find("already exists"), std::string::npos);
  EXPECT_NE(podrun({"node", "add", "Two"}).find("Invalid value"), std::string::npos);
  EXPECT_NE(podrun({"node", "add", std::string(64, 'n')}).find("must be no more than 63 bytes"),
            std::string::npos);
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
  EXPECT_NE(podrun({"node", "list"}).find(",Partitioned "), std::string::npos);
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

/// As a kubelet's: it registers once.
TEST_F(AddedNodesTest, ADeletedNodeStaysGoneUntilItsAgentIsStartedAnew) {
  ASSERT_EQ(podrun({"node", "add", "two"}), "node/two added\n") << story();
  for (const std::string& each : {std::string("two"), host_}) {
    ASSERT_TRUE(client_.ask({"DELETE", std::string(kNodes) + "/" + each, "{}"})->ok());
  }
  // A heartbeat is a second here.
  EXPECT_TRUE(until_node(host_, "True")) << story();
  EXPECT_FALSE(poll_until([&] { return is_node("two", "True"); }, seconds(3))) << story();
  EXPECT_EQ(client_.get(std::string(kLeases) + "/two")->status, 404);
  ASSERT_EQ(::kill(agent("two"), SIGKILL), 0);
  EXPECT_TRUE(until_node("two", "True")) << story();

  ASSERT_TRUE(client_.ask({"DELETE", std::string(kNodes) + "/two", "{}"})->ok());
  EXPECT_EQ(podrun({"node", "remove", "two"}), "node/two removed\n") << story();
  EXPECT_TRUE(is_gone("two"));
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
