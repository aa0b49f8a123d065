// get, list and what has no route, through ApiServer::handle.
#include <algorithm>

#include "api_fixture.h"

namespace podrun::api {
namespace {

using HandleRead = ApiTest;
using Names = std::vector<std::string>;

TEST_F(HandleRead, GetsAndLists) {
  EXPECT_EQ(refusal(ask("GET", "configmaps/a")), "404 NotFound: configmaps \"a\" not found");
  const Json empty = expect(200, ask("GET", "configmaps"));
  EXPECT_EQ(empty["kind"], "ConfigMapList");
  EXPECT_EQ(empty["apiVersion"], "v1");
  EXPECT_TRUE(empty["items"].empty());
  expect(201, ask("POST", "configmaps", config_map("a")));
  expect(201, ask("POST", "/api/v1/namespaces/other/configmaps", config_map("b")));
  const Json list = expect(200, ask("GET", "configmaps"));
  EXPECT_EQ(names(list), Names{"a"});
  EXPECT_EQ(version(list), std::to_string(store_.revision()));
  EXPECT_EQ(names(expect(200, ask("GET", "/api/v1/configmaps"))), (Names{"a", "b"}));
}

TEST_F(HandleRead, WaitsForTheCommitOfWhatItReads) {
  expect(201, ask("POST", "configmaps", config_map("a")));
  EXPECT_TRUE(ask("GET", "configmaps/a").after_commit);
  store_.commit();
  EXPECT_FALSE(ask("GET", "configmaps/a").after_commit);
}

TEST_F(HandleRead, Selectors) {
  expect(201, ask("POST", "pods", pod("a")));
  Json other = pod("b");
  other["metadata"]["labels"] = {{"app", "other"}};
  expect(201, ask("POST", "pods", other));
  running_pod("c");
  const auto select = [&](const char* by, const char* what) {
    return names(expect(200, ask("GET", "pods", nullptr, {{by, what}})));
  };
  EXPECT_EQ(select("labelSelector", "app=kubia"), (Names{"a", "c"}));
  EXPECT_EQ(select("labelSelector", "app in (other),!x"), Names{"b"});
  EXPECT_EQ(select("fieldSelector", "metadata.name=b"), Names{"b"});
  EXPECT_EQ(select("fieldSelector", "spec.nodeName=here"), Names{"c"});
  EXPECT_EQ(select("fieldSelector", "status.phase!=Pending"), Names{});
  EXPECT_EQ(ask("GET", "pods", nullptr, {{"labelSelector", "a in"}}).status, 400);
  EXPECT_EQ(ask("GET", "pods", nullptr, {{"fieldSelector", "spec.none=x"}}).status, 400);
}

TEST_F(HandleRead, NumbersThatAreNoneAreToldInGosWords) {
  const auto refused = [&](const char* parameter, const char* value, bool watch = false) {
    std::vector<std::pair<std::string, std::string>> query = {{parameter, value}};
    if (watch) query.emplace_back("watch", "true");
    return refusal(ask("GET", "configmaps", nullptr, query));
  };
  const std::string version =
      R"(resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax)";
  EXPECT_EQ(refused("resourceVersion", "abc"),
            "400 BadRequest: invalid resource version: " + version);
  EXPECT_EQ(refused("resourceVersion", "-1").substr(0, 3), "400");
  EXPECT_EQ(refused("resourceVersion", "abc", true), "500 : " + version);
  EXPECT_EQ(refused("resourceVersion", "18446744073709551615").substr(0, 3), "504");
  EXPECT_EQ(refused("limit", "abc"),
            R"(400 BadRequest: strconv.ParseInt: parsing "abc": invalid syntax)");
  EXPECT_EQ(refused("timeoutSeconds", "1s", true),
            R"(400 BadRequest: strconv.ParseInt: parsing "1s": invalid syntax)");
}

TEST_F(HandleRead, PagesFollowTheStoresOrder) {
  // "other-two" comes after "other", though '-' comes before '/'.
  registry_.create("namespaces", "", {{"metadata", {{"name", "other-two"}}}});
  for (const char* space : {"default", "other", "other-two"}) {
    for (const char* name : {"a", "b"}) {
      const std::string path = std::string("/api/v1/namespaces/") + space + "/configmaps";
      expect(201, ask("POST", path, config_map(name)));
    }
  }
  Names all;
  std::string token;
  std::size_t pages = 0;
  do {
    Query query{{"limit", "1"}};
    if (!token.empty()) query.emplace_back("continue", token);
    const Json page = expect(200, ask("GET", "/api/v1/configmaps", nullptr, query));
    for (const Json& item : page["items"]) {
      all.push_back(item["metadata"]["namespace"].get<std::string>() + "/" +
                    item["metadata"]["name"].get<std::string>());
    }
    token = page["metadata"].value("continue", "");
    if (!token.empty()) {
      EXPECT_EQ(page["metadata"]["remainingItemCount"], 5 - pages);
    }
    ++pages;
  } while (!token.empty() && pages < 10);
  EXPECT_EQ(all,
            (Names{"default/a", "default/b", "other/a", "other/b", "other-two/a", "other-two/b"}));
  const Json selected = expect(
      200, ask("GET", "/api/v1/configmaps", nullptr, {{"limit", "1"}, {"labelSelector", "!x"}}));
  EXPECT_TRUE(selected["metadata"].contains("continue"));
  EXPECT_FALSE(selected["metadata"].contains("remainingItemCount"));
  EXPECT_EQ(ask("GET", "configmaps", nullptr, {{"limit", "few"}}).status, 400);
  for (const char* bad : {"zz", "abc", "31", "312f"}) {
    EXPECT_EQ(ask("GET", "configmaps", nullptr, {{"continue", bad}}).status, 400) << bad;
  }
}

TEST_F(HandleRead, ListsShowThePresentAlone) {
  expect(201, ask("POST", "configmaps", config_map("a")));
  const std::string now = std::to_string(store_.revision());
  const auto list = [&](const Query& query) { return ask("GET", "configmaps", nullptr, query); };
  const std::string head = "422 Invalid: ListOptions.meta.k8s.io \"\" is invalid: ";
  EXPECT_EQ(refusal(list({{"resourceVersionMatch", "Exact"}})),
            head +
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless "
                "resourceVersion is provided");
  EXPECT_EQ(refusal(list({{"resourceVersionMatch", "x"}, {"resourceVersion", "1"}})),
            head +
                "resourceVersionMatch: Unsupported value: \"x\": supported values: \"Exact\", "
                "\"NotOlderThan\", \"\"");
  EXPECT_EQ(refusal(list({{"sendInitialEvents", "true"}})),
            head + "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list");
  EXPECT_EQ(list({{"resourceVersionMatch", "Exact"}, {"resourceVersion", now}}).status, 200);
  EXPECT_EQ(list({{"resourceVersionMatch", "NotOlderThan"}, {"resourceVersion", "1"}}).status, 200);
  EXPECT_EQ(refusal(list({{"resourceVersionMatch", "Exact"}, {"resourceVersion", "1"}})),
            "410 Expired: The resourceVersion for the provided list is too old.");
  const Response future = list({{"resourceVersion", "1000"}});
  EXPECT_EQ(refusal(future),
            "504 Timeout: Timeout: Too large resource version: 1000, current: " + now);
  const Json details = Json::parse(future.body)["details"];
  EXPECT_EQ(details["causes"][0]["reason"], "ResourceVersionTooLarge");
  EXPECT_EQ(details["retryAfterSeconds"], 1);
}

TEST_F(HandleRead, AnOldContinueTokenGivesANewOne) {
  for (const char* name : {"a", "b", "c"}) expect(201, ask("POST", "configmaps", config_map(name)));
  store_.commit();
  const auto page = [&](const std::string& token) {
    return ask("GET", "configmaps", nullptr, {{"limit", "1"}, {"continue", token}});
  };
  const std::string token =
      expect(200, ask("GET", "configmaps", nullptr, {{"limit", "1"}}))["metadata"]["continue"];
  EXPECT_EQ(names(expect(200, page(token))), Names{"b"});
  EXPECT_EQ(
      ask("GET", "configmaps", nullptr, {{"continue", token}, {"resourceVersion", "1"}}).status,
      400);
  for (int i = 0; i < 30; ++i) {  // more than the history keeps
    patch("merge", "configmaps/c", {{"data", {{"key", std::to_string(i)}}}});
    store_.commit();
  }
  const Response old = page(token);
  EXPECT_TRUE(refusal(old).starts_with("410 Expired: The provided continue parameter is too old "));
  const Json fresh = Json::parse(old.body)["metadata"]["continue"];
  EXPECT_EQ(names(expect(200, page(fresh))), Names{"b"});
}

TEST_F(HandleRead, AnswersInYaml) {
  expect(201, ask("POST", "configmaps", config_map("a")));
  accept_ = "application/yaml";
  const Response object = ask("GET", "configmaps/a");
  EXPECT_EQ(object.content_type, "application/yaml");
  EXPECT_TRUE(object.body.starts_with("apiVersion: v1\ndata:\n  key: value\nkind: ConfigMap\n"))
      << object.body;
  EXPECT_NE(ask("GET", "configmaps").body.find("kind: ConfigMapList\n"), std::string::npos);
  const Response none = ask("GET", "configmaps/b");
  EXPECT_EQ(none.status, 404);
  EXPECT_NE(none.body.find("reason: NotFound\n"), std::string::npos);
  EXPECT_EQ(ask("GET", "configmaps", nullptr, {{"watch", "true"}}).status, 406);
  accept_ = "application/json,application/yaml";
  EXPECT_EQ(ask("GET", "configmaps/a").content_type, "application/json");
}

TEST_F(HandleRead, TablesAndMetadata) {
  expect(201, ask("POST", "pods", pod("a")));
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const Json table = expect(200, ask("GET", "pods"));
  EXPECT_EQ(table["kind"], "Table");
  EXPECT_EQ(table["apiVersion"], "meta.k8s.io/v1");
  ASSERT_EQ(table["rows"].size(), 1U);
  EXPECT_EQ(table["rows"][0]["cells"][0], "a");
  EXPECT_EQ(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_EQ(expect(200, ask("GET", "pods/a"))["rows"].size(), 1U);
  accept_ = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const Json list = expect(200, ask("GET", "pods"));
  EXPECT_EQ(list["kind"], "PartialObjectMetadataList");
  EXPECT_EQ(list["apiVersion"], "meta.k8s.io/v1");
  EXPECT_EQ(list["items"][0]["metadata"]["name"], "a");
  EXPECT_FALSE(list["items"][0].contains("spec"));
  accept_ = "application/vnd.kubernetes.protobuf";
  EXPECT_EQ(ask("GET", "pods").status, 406);
}

TEST_F(HandleRead, OldVersions) {
  const std::string path = "/namespaces/default/replicasets";
  expect(201, ask("POST", "/apis/apps/v1" + path, replica_set("r")));
  for (const std::string version : {"extensions/v1beta1", "apps/v1beta2", "apps/v1"}) {
    const Json list = expect(200, ask("GET", "/apis/" + version + path));
    EXPECT_EQ(list["apiVersion"], version);
    EXPECT_EQ(list["items"][0]["apiVersion"], version);
    EXPECT_EQ(expect(200, ask("GET", "/apis/" + version + path + "/r"))["apiVersion"], version);
  }
  EXPECT_EQ(ask("GET", "/apis/apps/v1beta1" + path).status, 404);
}

TEST_F(HandleRead, WhatThereIsNot) {
  for (const char* path :
       {"/none", "/api/v2", "/api/v1/none", "/apis/none/v1/pods",
        "/api/v1/namespaces/default/configmaps/a/status", "/api/v1/namespaces/default/pods/a/none",
        "/api/v1/namespaces/default/pods/a/log/b"}) {
    EXPECT_EQ(refusal(ask("GET", path)),
              "404 NotFound: the server could not find the requested resource")
        << path;
  }
}

TEST_F(HandleRead, VerbsThatThereAreNot) {
  running_pod("a");
  const std::vector<std::pair<std::string, std::string>> requests = {
      {"POST", "/api/v1/pods"},
      {"DELETE", "/api/v1/pods"},
      {"DELETE", "/api/v1/namespaces"},
      {"POST", "pods/a"},
      {"PUT", "pods"},
      {"PATCH", "pods"},
      {"POST", "pods/a/status"},
      {"DELETE", "pods/a/status"},
      {"GET", "bindings"},
      {"DELETE", "bindings"},
      {"OPTIONS", "pods"}};
  for (const auto& [method, path] : requests) {
    content_type_ = method == "PATCH" ? "application/merge-patch+json" : "";
    EXPECT_EQ(refusal(ask(method, path, Json::object())).substr(0, 21), "405 MethodNotAllowed:")
        << method << " " << path;
  }
  EXPECT_EQ(ask("GET", "pods/a").status, 200);
}

TEST_F(HandleRead, HealthTellsItsChecks) {
  EXPECT_EQ(ask("GET", "/readyz", nullptr, {{"verbose", ""}}).body,
            "[+]ping ok\nreadyz check passed\n");
  EXPECT_EQ(ask("GET", "/livez", nullptr, {{"verbose", "true"}, {"exclude", "ping"}}).body,
            "[+]ping excluded: ok\nlivez check passed\n");
  EXPECT_EQ(ask("GET", "/healthz", nullptr, {{"verbose", ""}, {"exclude", "x"}}).body,
            "[+]ping ok\nwarn: some health checks cannot be excluded: no matches for \"x\"\n"
            "healthz check passed\n");
  EXPECT_EQ(ask("GET", "/readyz/ping").body, "ok");
  EXPECT_EQ(ask("GET", "/readyz/none").status, 404);
}

TEST_F(HandleRead, TheRootListsThePaths) {
  const Json paths = expect(200, ask("GET", "/")).at("paths");
  for (const char* path : {"/api/v1", "/apis/apps", "/apis/apps/v1", "/readyz/ping", "/version"}) {
    EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
  }
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
}

TEST_F(HandleRead, PlainPaths) {
  EXPECT_EQ(ask("GET", "/healthz").body, "ok");
  EXPECT_EQ(expect(200, ask("GET", "/version"))["gitVersion"], "v1.34.0+podrun-test");
  EXPECT_EQ(expect(200, ask("GET", "/api/v1"))["kind"], "APIResourceList");
  EXPECT_EQ(expect(200, ask("GET", "/apis"))["kind"], "APIGroupList");
  const Json index = expect(200, ask("GET", "/openapi/v3"));
  EXPECT_TRUE(index["paths"].contains("api/v1"));
  EXPECT_EQ(expect(200, ask("GET", "/openapi/v3/apis/apps/v1"))["openapi"].get<std::string>()[0],
            '3');
  EXPECT_EQ(expect(200, ask("GET", "/openapi/v2"))["swagger"], "2.0");
  accept_ = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  const Response first = ask("GET", "/openapi/v2");
  EXPECT_NE(first.content_type, "application/json");
  EXPECT_EQ(first.body, ask("GET", "/openapi/v2").body);
  EXPECT_EQ(ask("GET", "/openapi/v3/none").status, 404);
}

}  // namespace
}  // namespace podrun::api
