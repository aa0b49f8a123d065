#include <gtest/gtest.h>

#include "supervisor/api/accept.h"
#include "supervisor/api/discovery.h"
#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

Json body(const char* path, const char* accept = "application/json") {
  const auto answer = discover(path, accept, "127.0.0.1:7443");
  return answer ? answer->body : Json();
}

const Json* named(const Json& list, const char* name) {
  for (const Json& item : list) {
    if (item["name"] == name) return &item;
  }
  return nullptr;
}

TEST(Accept, ClausesInOrderOfPreference) {
  const auto clauses = parse_accept(
      "text/plain;q=0.5, application/json;as=Table;v=v1;g=meta.k8s.io , application/yaml;q=0");
  ASSERT_EQ(clauses.size(), 2U);
  EXPECT_EQ(clauses[0].as, "Table");
  EXPECT_EQ(clauses[0].group, "meta.k8s.io");
  EXPECT_EQ(clauses[0].version, "v1");
  EXPECT_TRUE(accepts_json(clauses[0]));
  EXPECT_FALSE(accepts_json(clauses[1]));
  EXPECT_TRUE(accepts_json(parse_accept("").front()));
}

TEST(Served, FindsResourcesByVersion) {
  EXPECT_EQ(find_served("", "v1", "pods")->kind, "Pod");
  EXPECT_EQ(find_served("apps", "v1beta1", "replicasets"), nullptr);
  EXPECT_EQ(find_served("apps", "v1beta2", "replicasets")->key(), "replicasets.apps");
  EXPECT_EQ(find_served("extensions", "v1beta1", "replicasets")->key(), "replicasets.apps");
  EXPECT_EQ(find_served("events.k8s.io", "v1", "events")->key(), "events");
  EXPECT_EQ(find_served_kind("apps", "v1", "Deployment")->resource, "deployments");
  EXPECT_EQ(find_served_kind("apps", "v2", "Deployment"), nullptr);
  EXPECT_EQ(find_served("extensions", "v1beta1", "daemonsets")->key(), "daemonsets.apps");
  EXPECT_EQ(find_served("apps", "v1beta1", "daemonsets"), nullptr);
  EXPECT_NE(find_served("", "v1", "pods")->subresource("exec"), nullptr);
  EXPECT_EQ(find_served("", "v1", "pods")->subresource("scale"), nullptr);
}

TEST(Discovery, OldForm) {
  EXPECT_EQ(body("/api")["versions"].dump(), R"(["v1"])");
  const Json groups = body("/apis");
  EXPECT_EQ(groups["kind"], "APIGroupList");
  EXPECT_EQ(named(groups["groups"], "apps")->dump(),
            R"({"name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"},)"
            R"({"groupVersion":"apps/v1beta2","version":"v1beta2"},)"
            R"({"groupVersion":"apps/v1beta1","version":"v1beta1"}],)"
            R"("preferredVersion":{"groupVersion":"apps/v1","version":"v1"}})");
  EXPECT_EQ(body("/apis/apps")["kind"], "APIGroup");
  const Json core = body("/api/v1");
  EXPECT_EQ(core["groupVersion"], "v1");
  EXPECT_EQ(
      named(core["resources"], "pods")->dump(),
      R"({"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod",)"
      R"("verbs":["create","delete","deletecollection","get","list","patch","update","watch"],)"
      R"("shortNames":["po"],"categories":["all"]})");
  EXPECT_EQ(
      named(core["resources"], "replicationcontrollers/scale")->dump(),
      R"({"name":"replicationcontrollers/scale","singularName":"","namespaced":true,)"
      R"("group":"autoscaling","version":"v1","kind":"Scale","verbs":["get","patch","update"]})");
  EXPECT_EQ((*named(core["resources"], "pods/status"))["kind"], "Pod");
  EXPECT_EQ(body("/apis/apps/v1")["apiVersion"], "v1");
  EXPECT_EQ(named(body("/apis/apps/v1beta1")["resources"], "replicasets"), nullptr);
}

TEST(Discovery, TellsWhereTheServerIs) {
  EXPECT_EQ(body("/api")["serverAddressByClientCIDRs"].dump(),
            R"([{"clientCIDR":"0.0.0.0/0","serverAddress":"127.0.0.1:7443"}])");
}

TEST(Discovery, WhatIsNotServed) {
  for (const char* path : {"/", "/api/v2", "/apis/none", "/apis/apps/v9", "/apis//v1",
                           "/apis/apps/", "/apis/apps/v1/x", "/apix"}) {
    const bool served = std::string_view(path) == "/apis/apps/";
    EXPECT_EQ(discover(path, "", "").has_value(), served) << path;
  }
}

TEST(Discovery, Aggregated) {
  constexpr auto kAccept =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
      "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
  const auto core = discover("/api", kAccept, "");
  ASSERT_TRUE(core);
  EXPECT_EQ(core->content_type,
            "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
  EXPECT_EQ(core->body["apiVersion"], "apidiscovery.k8s.io/v2");
  const Json& resources = core->body["items"][0]["versions"][0]["resources"];
  const auto pods = std::find_if(resources.begin(), resources.end(),
                                 [](const Json& item) { return item["resource"] == "pods"; });
  ASSERT_NE(pods, resources.end());
  EXPECT_EQ((*pods)["responseKind"].dump(), R"({"group":"","version":"v1","kind":"Pod"})");
  EXPECT_EQ((*pods)["scope"], "Namespaced");
  EXPECT_EQ((*pods)["subresources"][3].dump(),
            R"({"subresource":"eviction","responseKind":{"group":"policy","version":"v1",)"
            R"("kind":"Eviction"},"verbs":["create"]})");
  const Json groups =
      body("/apis", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList");
  EXPECT_EQ(groups["apiVersion"], "apidiscovery.k8s.io/v2beta1");
  EXPECT_EQ(groups["items"][0]["metadata"]["name"], "apps");
  EXPECT_EQ(groups["items"][0]["versions"][0]["freshness"], "Current");
}

TEST(Discovery, WhoEvictsFindsTheGroup) {
  EXPECT_NE(named(body("/apis")["groups"], "policy"), nullptr);
  EXPECT_EQ(body("/apis/policy")["preferredVersion"]["groupVersion"], "policy/v1");
  EXPECT_EQ(body("/apis/policy/v1")["resources"], Json::array());
  EXPECT_TRUE(body("/apis/policy/v1beta1").is_null());
}

TEST(Discovery, Version) {
  const Json version = version_info("v1.34.2+podrun1");
  EXPECT_EQ(version["major"], "1");
  EXPECT_EQ(version["minor"], "34");
  EXPECT_EQ(version["gitVersion"], "v1.34.2+podrun1");
}

}  // namespace
}  // namespace podrun::api
