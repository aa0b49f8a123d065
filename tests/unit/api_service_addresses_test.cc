// What services are given, and what they cannot have.
#include "api_fixture.h"
#include "supervisor/api/service_addresses.h"

namespace podrun::api {
namespace {

Json service_of(const std::string& type, const std::string& ip = "", int node_port = 0) {
  Json spec{{"type", type}, {"ports", {{{"port", 80}, {"protocol", "TCP"}}}}};
  if (!ip.empty()) spec["clusterIP"] = ip;
  if (node_port != 0) spec["ports"][0]["nodePort"] = node_port;
  return {{"spec", spec}};
}

std::string problem(Json service, const std::vector<const Json*>& others) {
  const auto causes = allocate_addresses(service, nullptr, others);
  return causes.empty() ? "" : causes[0].field + ": " + causes[0].message;
}

TEST(ServiceAddresses, TheFirstFreeOne) {
  Json first = service_of("ClusterIP"), second = first;
  EXPECT_TRUE(allocate_addresses(first, nullptr, {}).empty());
  EXPECT_EQ(first["spec"]["clusterIP"], "10.96.1.0");
  EXPECT_EQ(first["spec"]["clusterIPs"], Json::array({"10.96.1.0"}));
  EXPECT_FALSE(first["spec"]["ports"][0].contains("nodePort"));
  EXPECT_TRUE(allocate_addresses(second, nullptr, {&first}).empty());
  EXPECT_EQ(second["spec"]["clusterIP"], "10.96.1.1");
}

TEST(ServiceAddresses, NoneForHeadlessAndExternal) {
  Json headless = service_of("ClusterIP", "None"), external = service_of("ExternalName");
  EXPECT_TRUE(allocate_addresses(headless, nullptr, {}).empty());
  EXPECT_EQ(headless["spec"]["clusterIPs"], Json::array({"None"}));
  EXPECT_FALSE(has_cluster_ip(headless));
  EXPECT_TRUE(allocate_addresses(external, nullptr, {}).empty());
  EXPECT_FALSE(external["spec"].contains("clusterIP"));
}

TEST(ServiceAddresses, WhatIsAskedForMustBeFree) {
  const Json other = service_of("NodePort", "10.96.0.10", 30000);
  EXPECT_EQ(problem(service_of("ClusterIP", "10.96.0.11"), {&other}), "");
  EXPECT_EQ(problem(service_of("ClusterIP", "10.96.0.10"), {&other}),
            "spec.clusterIPs: Invalid value: []string{\"10.96.0.10\"}: failed to allocate IP "
            "10.96.0.10: provided IP is already allocated");
  for (const std::string ip : {"1.1.1.1", "10.96.0.0", "10.96.255.255"}) {
    EXPECT_EQ(problem(service_of("ClusterIP", ip), {}),
              "spec.clusterIPs: Invalid value: []string{\"" + ip + "\"}: failed to allocate IP " +
                  ip + ": the provided IP (" + ip +
                  ") is not in the valid range. The range of valid IPs is 10.96.0.0/16");
  }
  EXPECT_EQ(problem(service_of("NodePort", "", 30000), {&other}),
            "spec.ports[0].nodePort: Invalid value: 30000: provided port is already allocated");
  EXPECT_EQ(problem(service_of("NodePort", "", 80), {}),
            "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. "
            "The range of valid ports is 30000-32767");
}

TEST(ServiceAddresses, NodePortsWhereTheTypeNeedsThem) {
  const Json other = service_of("NodePort", "10.96.0.10", 30000);
  Json made = service_of("LoadBalancer");
  EXPECT_TRUE(allocate_addresses(made, nullptr, {&other}).empty());
  EXPECT_EQ(made["spec"]["ports"][0]["nodePort"], 30001);
  Json again = service_of("LoadBalancer", made["spec"]["clusterIP"]);
  EXPECT_TRUE(allocate_addresses(again, &made, {&other}).empty());
  EXPECT_EQ(again["spec"]["ports"], made["spec"]["ports"]) << "kept";
  Json without = service_of("LoadBalancer");
  without["spec"]["allocateLoadBalancerNodePorts"] = false;
  EXPECT_TRUE(allocate_addresses(without, nullptr, {}).empty());
  EXPECT_FALSE(without["spec"]["ports"][0].contains("nodePort"));
}

TEST_F(ApiTest, ServicesGetAndKeepTheirAddresses) {
  Json service = service_of("NodePort");
  service["metadata"]["name"] = "a";
  const Response made = ask("POST", "services", service);
  const Json spec = expect(201, made)["spec"];
  EXPECT_EQ(spec["clusterIP"], "10.96.1.0");
  EXPECT_EQ(spec["ports"][0]["nodePort"], 30000);
  ASSERT_EQ(made.headers.size(), 1U);
  EXPECT_EQ(made.headers[0].first, "Warning");
  EXPECT_EQ(expect(200, ask("PUT", "services/a", service))["spec"], spec);
  const Json plain = patch("merge", "services/a", {{"spec", {{"type", "ClusterIP"}}}});
  EXPECT_EQ(plain["spec"]["clusterIP"], "10.96.1.0");
  EXPECT_FALSE(plain["spec"]["ports"][0].contains("nodePort"));
  const Json named =
      patch("merge", "services/a", {{"spec", {{"type", "ExternalName"}, {"externalName", "x.y"}}}});
  EXPECT_FALSE(named["spec"].contains("clusterIP"));
  service["metadata"]["name"] = "b";
  service["spec"]["clusterIP"] = "None";
  service["spec"]["type"] = "ClusterIP";
  EXPECT_TRUE(ask("POST", "services", service).headers.empty());
}

}  // namespace
}  // namespace podrun::api
