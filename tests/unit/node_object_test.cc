// The Node and its Lease.
#include "supervisor/node/node_object.h"

#include <gtest/gtest.h>

namespace podrun::node {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1763892000)};

HostFacts box() {
  HostFacts host;
  host.name = "box";
  host.kernel = "6.1.0";
  host.os_image = "Debian GNU/Linux 12 (bookworm)";
  host.architecture = "amd64";
  host.address = "10.0.0.5";
  host.cpus = 2;
  host.memory_bytes = 4LL << 30;
  host.storage_bytes = 100LL << 30;
  return host;
}

const Json& condition(const Json& status, const std::string& type) {
  for (const Json& one : status["conditions"]) {
    if (one["type"] == type) return one;
  }
  throw std::runtime_error("no condition " + type);
}

TEST(NodeObject, LabelsAreAKubelets) {
  Json node = node_object(box());
  EXPECT_EQ(node["metadata"]["labels"]["kubernetes.io/hostname"], "box");
  EXPECT_EQ(node["metadata"]["labels"]["beta.kubernetes.io/arch"], "amd64");
  EXPECT_FALSE(set_node_labels(node, box()));
  node["metadata"]["labels"]["disk"] = "ssd";
  node["metadata"]["labels"].erase("kubernetes.io/os");
  EXPECT_TRUE(set_node_labels(node, box()));
  EXPECT_EQ(node["metadata"]["labels"]["disk"], "ssd");
}

TEST(NodeObject, ANewNodeHasItsOwnLabels) {
  HostFacts host = box();
  host.labels = {{"disk", "ssd"}, {"kubernetes.io/hostname", "another"}};
  const Json node = node_object(host);
  EXPECT_EQ(node["metadata"]["labels"]["disk"], "ssd");
  EXPECT_EQ(node["metadata"]["labels"]["kubernetes.io/hostname"], "box");
}

TEST(NodeObject, ANodeOfSeveralHasItsShare) {
  const HostFacts host = read_host("/", {"two", "podrun/nodes/two", 3, 64LL << 20});
  EXPECT_EQ(host.name, "two");
  EXPECT_EQ(host.cpus, 3);
  EXPECT_EQ(host.memory_bytes, 64LL << 20);
  const HostFacts whole = read_host("/", {"three", "podrun/nodes/three", 0, 0});
  EXPECT_GE(whole.cpus, 1);
  EXPECT_GT(whole.memory_bytes, 64LL << 20);
}

TEST(NodeObject, HeartbeatsAreFourWithinTheGrace) {
  EXPECT_EQ(lease_renewal(Seconds(40)), Seconds(10));
  EXPECT_EQ(lease_renewal(Seconds(300)), Seconds(10));
  EXPECT_EQ(lease_renewal(Seconds(8)), Seconds(2));
  EXPECT_EQ(lease_duration(lease_renewal(kShortestGrace)), kShortestGrace);
}

TEST(NodeObject, StatusNamesWhatTheMachineHas) {
  const Json status = node_status(Json(), box(), "1.2.3", {}, kNow);
  EXPECT_EQ(status["capacity"]["cpu"], "2");
  EXPECT_EQ(status["allocatable"]["memory"], "4194304Ki");
  EXPECT_EQ(status["capacity"]["pods"], "110");
  EXPECT_EQ(status["nodeInfo"]["containerRuntimeVersion"], "podrun://1.2.3");
  EXPECT_EQ(status["addresses"][0], (Json{{"address", "10.0.0.5"}, {"type", "InternalIP"}}));
  EXPECT_EQ(condition(status, "Ready")["message"], "kubelet is posting ready status");
  EXPECT_EQ(condition(status, "MemoryPressure")["reason"], "KubeletHasSufficientMemory");
}

TEST(NodeObject, TransitionTimesMoveOnlyWithTheStatus) {
  const Json first = node_status(Json(), box(), "1", {}, kNow);
  Pressure full;
  full.disk = true;
  Json second = node_status(first, box(), "1", full, kNow + Seconds(60));
  EXPECT_EQ(condition(second, "Ready")["lastTransitionTime"], rfc3339(kNow));
  EXPECT_EQ(condition(second, "Ready")["lastHeartbeatTime"], rfc3339(kNow + Seconds(60)));
  EXPECT_EQ(condition(second, "DiskPressure")["lastTransitionTime"], rfc3339(kNow + Seconds(60)));
  EXPECT_EQ(condition(second, "DiskPressure")["status"], "True");
  EXPECT_FALSE(same_status(first, second));
  EXPECT_TRUE(same_status(first, node_status(first, box(), "1", {}, kNow + Seconds(60))));
}

TEST(NodeObject, ConditionsOfOthersStay) {
  const Json present = {{"conditions", Json::array({{{"type", "Custom"}, {"status", "True"}}})}};
  const Json status = node_status(present, box(), "1", {}, kNow);
  EXPECT_EQ(status["conditions"].size(), 5U);
}

TEST(NodeObject, LeaseIsRenewedToTheMicrosecond) {
  const Json lease = lease_object("box", "u", kNow + std::chrono::nanoseconds(123456789));
  EXPECT_EQ(lease["spec"]["renewTime"], rfc3339(kNow).substr(0, 19) + ".123456Z");
  EXPECT_EQ(lease["spec"]["leaseDurationSeconds"], 40);
  EXPECT_EQ(lease_object("box", "u", kNow, Seconds(2))["spec"]["leaseDurationSeconds"], 8);
}

TEST(NodeObject, WasGivenUp) {
  const Json well = node_status(Json(), box(), "1.0", {}, kNow);
  EXPECT_FALSE(is_given_up(well));
  EXPECT_FALSE(is_given_up(Json::object()));
  Json lost = well;
  for (Json& each : lost["conditions"]) each["status"] = "Unknown";
  EXPECT_TRUE(is_given_up(lost));
  EXPECT_FALSE(same_status(lost, node_status(lost, box(), "1.0", {}, kNow)));
}

TEST(NodeObject, WhatChangedIsNews) {
  using News = std::vector<std::string>;
  const Json well = node_status(Json(), box(), "1.0", {}, kNow);
  EXPECT_EQ(status_news(Json::object(), well),
            (News{"NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID",
                  "NodeReady"}));
  EXPECT_EQ(status_news(well, well), News{});
  Pressure full;
  full.disk = true;
  const Json ill = node_status(well, box(), "1.0", full, kNow);
  EXPECT_EQ(status_news(well, ill), News{"NodeHasDiskPressure"});
  EXPECT_EQ(status_news(ill, well), News{"NodeHasNoDiskPressure"});
}

}  // namespace
}  // namespace podrun::node
