// Who owns which fields, and server-side apply, through ApiServer::handle.
#include <algorithm>

#include "api_fixture.h"

namespace podrun::api {
namespace {

class Apply : public ApiTest {
 protected:
  Response apply(const std::string& path, const Json& config, const Query& query = {}) {
    content_type_ = "application/apply-patch+yaml";
    Query all = query;
    if (std::none_of(all.begin(), all.end(),
                     [](const auto& p) { return p.first == "fieldManager"; }))
      all.emplace_back("fieldManager", "kubectl");
    Response response = ask("PATCH", path, config, all);
    content_type_.clear();
    return response;
  }
  /// The entry of a manager, without its time; null where there is none.
  static Json owned(const Json& object, const std::string& manager) {
    for (const Json& entry : object["metadata"].value("managedFields", Json::array())) {
      if (entry["manager"] == manager) return entry["fieldsV1"];
    }
    return nullptr;
  }
  static Json settings(const Json& data) {
    return {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}}}, {"data", data}};
  }
  static Json deployment(int replicas = 0) {
    Json object{{"apiVersion", "apps/v1"},
                {"kind", "Deployment"},
                {"metadata", {{"name", "web"}}},
                {"spec",
                 {{"selector", {{"matchLabels", {{"app", "web"}}}}},
                  {"template",
                   {{"metadata", {{"labels", {{"app", "web"}}}}},
                    {"spec", {{"containers", {{{"name", "main"}, {"image", "kubia"}}}}}}}}}}};
    if (replicas > 0) object["spec"]["replicas"] = replicas;
    return object;
  }
  const std::string web_ = "/apis/apps/v1/namespaces/default/deployments/web";
  const std::string deployments_ = "/apis/apps/v1/namespaces/default/deployments";
};

TEST_F(Apply, CreateBelongsToItsMaker) {
  const Json made =
      expect(201, ask("POST", deployments_, deployment(2), {{"fieldManager", "kubectl-create"}}));
  const Json& entry = made["metadata"]["managedFields"][0];
  EXPECT_EQ(entry["manager"], "kubectl-create");
  EXPECT_EQ(entry["operation"], "Update");
  EXPECT_EQ(entry["apiVersion"], "apps/v1");
  EXPECT_EQ(entry["fieldsType"], "FieldsV1");
  EXPECT_EQ(entry["time"], rfc3339(clock_.wall()));
  EXPECT_EQ(
      entry["fieldsV1"],
      Json::parse(
          R"({"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},
              "f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},
              "f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},
                "f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},
                  "f:name":{},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},
                "f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},
                "f:terminationGracePeriodSeconds":{}}}}})"));
}

TEST_F(Apply, AdmissionOwnsNothing) {
  const Json made = expect(201, ask("POST", "pods", pod("a"), {{"fieldManager", "kubectl-run"}}));
  const Json spec = owned(made, "kubectl-run")["f:spec"];
  EXPECT_TRUE(spec.contains("f:containers"));
  for (const char* name : {"f:tolerations", "f:priority", "f:serviceAccountName"}) {
    EXPECT_FALSE(spec.contains(name)) << name;
  }
  EXPECT_FALSE(owned(made, "kubectl-run").contains("f:status"));
}

/// What one applies afterwards has none of it.
TEST_F(Apply, WhatAJobIsGivenIsNobodys) {
  const std::string jobs = "/apis/batch/v1/namespaces/default/jobs";
  Json job{{"apiVersion", "batch/v1"},
           {"kind", "Job"},
           {"metadata", {{"name", "pi"}}},
           {"spec",
            {{"template",
              {{"spec",
                {{"restartPolicy", "Never"},
                 {"containers", {{{"name", "main"}, {"image", "kubia"}}}}}}}}}}};
  const Query query = {{"fieldManager", "kubectl"}};
  Json fields = owned(expect(201, ask("POST", jobs, job, query)), "kubectl");
  EXPECT_FALSE(fields.contains("f:metadata")) << fields.dump();
  EXPECT_FALSE(fields["f:spec"].contains("f:selector"));
  EXPECT_EQ(fields["f:spec"]["f:template"].size(), 1U) << fields.dump();

  job["metadata"]["name"] = "labelled";
  job["spec"]["template"]["metadata"] = {{"labels", {{"app", "pi"}}}};
  const Json made = expect(201, ask("POST", jobs, job, query));
  EXPECT_EQ(made["metadata"]["labels"], Json({{"app", "pi"}}));
  fields = owned(made, "kubectl");
  const Json own = Json::parse(R"({".":{},"f:app":{}})");
  EXPECT_EQ(fields["f:metadata"]["f:labels"], own);
  EXPECT_EQ(fields["f:spec"]["f:template"]["f:metadata"]["f:labels"], own);
}

TEST_F(Apply, TheClientsNameStandsForAManager) {
  Request request;
  request.user = user_;
  request.method = "POST";
  request.path = "/api/v1/namespaces/default/configmaps";
  request.body = config_map("a").dump();
  request.headers["user-agent"] = "curl/7.88";
  const Json made = expect(201, server_.handle(request));
  EXPECT_EQ(made["metadata"]["managedFields"][0]["manager"], "curl");
  EXPECT_EQ(
      ask("POST", "configmaps", config_map("b"), {{"fieldManager", std::string(129, 'x')}}).status,
      422);
  EXPECT_EQ(ask("POST", "configmaps", config_map("b"), {{"fieldManager", "a\nb"}}).status, 422);
}

TEST_F(Apply, UpdatesTakeWhatTheyChange) {
  expect(201, ask("POST", "configmaps", settings({{"x", "1"}, {"y", "1"}}),
                  {{"fieldManager", "first"}}));
  Json changed = settings({{"x", "2"}, {"y", "1"}});
  changed = expect(200, ask("PUT", "configmaps/a", changed, {{"fieldManager", "second"}}));
  EXPECT_EQ(owned(changed, "first").dump(), R"({"f:data":{".":{},"f:y":{}}})");
  EXPECT_EQ(owned(changed, "second").dump(), R"({"f:data":{"f:x":{}}})");
  const Json same = expect(200, ask("PUT", "configmaps/a", settings({{"x", "2"}, {"y", "1"}}),
                                    {{"fieldManager", "third"}}));
  EXPECT_EQ(version(same), version(changed));
  const Json less =
      expect(200, ask("PUT", "configmaps/a", settings({{"x", "2"}}), {{"fieldManager", "third"}}));
  EXPECT_EQ(owned(less, "first").dump(), R"({"f:data":{}})");
  EXPECT_TRUE(owned(less, "third").is_null());
}

TEST_F(Apply, Creates) {
  const Json made = expect(201, apply("configmaps/a", settings({{"x", "1"}})));
  EXPECT_EQ(made["data"]["x"], "1");
  EXPECT_EQ(made["metadata"]["managedFields"][0]["operation"], "Apply");
  EXPECT_EQ(owned(made, "kubectl").dump(), R"({"f:data":{"f:x":{}}})");
  EXPECT_EQ(version(expect(200, ask("GET", "configmaps/a"))), version(made));
  // YAML, as the media type says.
  const Json again = expect(200, apply("configmaps/a",
                                       "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
                                       "data: {x: \"2\"}\n"));
  EXPECT_EQ(again["data"]["x"], "2");
}

TEST_F(Apply, EqualIsNoChange) {
  const Json made = expect(201, apply(web_, deployment(2)));
  clock_.advance(Seconds(10));
  const Json again = expect(200, apply(web_, deployment(2)));
  EXPECT_EQ(version(again), version(made));
  EXPECT_EQ(again, made);
  // Others that say the same share it.
  const Json shared = expect(200, apply(web_, deployment(2), {{"fieldManager", "other"}}));
  EXPECT_EQ(owned(shared, "other"), owned(shared, "kubectl"));
}

TEST_F(Apply, WhatIsNoLongerAppliedGoes) {
  expect(201, apply("configmaps/a", settings({{"x", "1"}, {"y", "1"}})));
  patch("merge", "configmaps/a", {{"data", {{"z", "1"}}}});
  Json now = expect(200, apply("configmaps/a", settings({{"x", "1"}})));
  EXPECT_EQ(now["data"].dump(), R"({"x":"1","z":"1"})");
  // What another applies, too, stays.
  expect(200, apply("configmaps/a", settings({{"x", "1"}}), {{"fieldManager", "other"}}));
  now = expect(200, apply("configmaps/a", settings({{"w", "1"}})));
  EXPECT_EQ(now["data"].dump(), R"({"w":"1","x":"1","z":"1"})");
  now = expect(200, apply("configmaps/a", settings({{"w", "1"}}), {{"fieldManager", "other"}}));
  EXPECT_EQ(now["data"].dump(), R"({"w":"1","z":"1"})");
}

TEST_F(Apply, ElementsOfListsGoAlone) {
  Json config = deployment();
  Json& containers = config["spec"]["template"]["spec"]["containers"];
  containers.push_back({{"name", "side"}, {"image", "side"}});
  containers[0]["env"] = {{{"name", "A"}, {"value", "1"}}, {{"name", "B"}, {"value", "2"}}};
  containers[0]["ports"] = {{{"containerPort", 80}}, {{"containerPort", 80}, {"protocol", "UDP"}}};
  expect(201, apply(web_, config));
  containers.erase(1);
  containers[0]["env"].erase(0);
  containers[0]["ports"].erase(1);
  const Json now = expect(200, apply(web_, config));
  const Json& left = now["spec"]["template"]["spec"]["containers"];
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0]["env"].dump(), R"([{"name":"B","value":"2"}])");
  EXPECT_EQ(left[0]["ports"].dump(), R"([{"containerPort":80,"protocol":"TCP"}])");
  EXPECT_EQ(now["metadata"]["generation"], 2);
  // A default comes back where the applied value went.
  config["spec"]["replicas"] = 3;
  EXPECT_EQ(expect(200, apply(web_, config))["spec"]["replicas"], 3);
  config["spec"].erase("replicas");
  EXPECT_EQ(expect(200, apply(web_, config))["spec"]["replicas"], 1);
}

TEST_F(Apply, ConflictsAreNamed) {
  expect(201,
         ask("POST", deployments_, deployment(2), {{"fieldManager", "kubectl-client-side-apply"}}));
  const Response one = apply(web_, deployment(3));
  EXPECT_EQ(refusal(one),
            "409 Conflict: Apply failed with 1 conflict: conflict with "
            "\"kubectl-client-side-apply\" using apps/v1: .spec.replicas");
  const Json cause = Json::parse(one.body)["details"]["causes"][0];
  EXPECT_EQ(cause["reason"], "FieldManagerConflict");
  EXPECT_EQ(cause["message"], "conflict with \"kubectl-client-side-apply\" using apps/v1");
  EXPECT_EQ(cause["field"], ".spec.replicas");
  Json config = deployment(3);
  config["spec"]["template"]["spec"]["containers"][0]["image"] = "other";
  EXPECT_EQ(refusal(apply(web_, config)),
            "409 Conflict: Apply failed with 2 conflicts: conflicts with "
            "\"kubectl-client-side-apply\" using apps/v1:\n- .spec.replicas\n"
            "- .spec.template.spec.containers[name=\"main\"].image");
  const Json taken = expect(200, apply(web_, config, {{"force", "true"}}));
  EXPECT_EQ(taken["spec"]["replicas"], 3);
  EXPECT_FALSE(owned(taken, "kubectl-client-side-apply")["f:spec"].contains("f:replicas"));
  EXPECT_TRUE(owned(taken, "kubectl")["f:spec"].contains("f:replicas"));
}

TEST_F(Apply, ScaleIsAManagerOfItsOwn) {
  expect(201, apply(web_, deployment(2)));
  content_type_ = "application/merge-patch+json";
  expect(200, ask("PATCH", web_ + "/scale", {{"spec", {{"replicas", 5}}}},
                  {{"fieldManager", "kubectl"}}));
  content_type_.clear();
  EXPECT_EQ(refusal(apply(web_, deployment(3))),
            "409 Conflict: Apply failed with 1 conflict: conflict with \"kubectl\" with "
            "subresource \"scale\" using apps/v1: .spec.replicas");
  // Who no longer says how many leaves it to others.
  EXPECT_EQ(expect(200, apply(web_, deployment()))["spec"]["replicas"], 5);
}

TEST_F(Apply, ClientSideApplyIsUpgraded) {
  Json made = deployment(2);
  Json applied = deployment(2);
  made["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
      applied.dump() + "\n";
  expect(201, ask("POST", deployments_, made, {{"fieldManager", "kubectl-client-side-apply"}}));
  EXPECT_EQ(apply(web_, deployment(3), {{"fieldManager", "other"}}).status, 409);
  // What another changed since is a conflict all the same.
  content_type_ = "application/merge-patch+json";
  const auto scale_to = [&](int replicas) {
    expect(200, ask("PATCH", web_ + "/scale", {{"spec", {{"replicas", replicas}}}}));
  };
  scale_to(4);
  EXPECT_EQ(apply(web_, deployment(3)).status, 409);
  content_type_ = "application/merge-patch+json";
  scale_to(2);
  const Json now = expect(200, apply(web_, deployment(3)));
  EXPECT_EQ(now["spec"]["replicas"], 3);
  const Json last =
      Json::parse(now["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"]
                      .get<std::string>());
  EXPECT_EQ(last["spec"]["replicas"], 3);
  // kubectl moves its older entry by a patch of the list itself.
  Json owners = now["metadata"]["managedFields"];
  const auto drop = std::find_if(owners.begin(), owners.end(), [](const Json& entry) {
    return entry["manager"] == "kubectl-client-side-apply";
  });
  ASSERT_NE(drop, owners.end());
  owners.erase(drop);
  content_type_ = "application/json-patch+json";
  const Json moved = expect(
      200, ask("PATCH", web_,
               Json::array(
                   {{{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", owners}}}),
               {{"fieldManager", "kubectl"}}));
  content_type_.clear();
  EXPECT_EQ(moved["metadata"]["managedFields"].size(), 1U);
}

TEST_F(Apply, ObjectsOfBeforeHaveOneOwner) {
  registry_.create("configmaps", "default", settings({{"x", "1"}}));
  EXPECT_EQ(refusal(apply("configmaps/a", settings({{"x", "2"}}))),
            "409 Conflict: Apply failed with 1 conflict: conflict with \"before-first-apply\" "
            "using v1: .data.x");
  expect(200, apply("configmaps/a", settings({{"x", "1"}})));
}

TEST_F(Apply, PodrunsOwnWritesReleaseFields) {
  expect(201, apply("configmaps/a", settings({{"x", "1"}, {"y", "1"}})));
  const store::ObjectKey key{"configmaps", "default", "a"};
  Json object = *registry_.get(key)->json;
  object["data"]["x"] = "2";
  registry_.update(key, object);
  const Json now = expect(200, ask("GET", "configmaps/a"));
  EXPECT_EQ(owned(now, "kubectl").dump(), R"({"f:data":{"f:y":{}}})");
}

TEST_F(Apply, OwnersMayBeCleared) {
  expect(201, apply("configmaps/a", settings({{"x", "1"}})));
  const Json now = patch("merge", "configmaps/a",
                         {{"metadata", {{"managedFields", Json::array({Json::object()})}}}});
  EXPECT_FALSE(now["metadata"].contains("managedFields"));
}

TEST_F(Apply, StatusIsAPartOfItsOwn) {
  running_pod("a");
  const Json status{{"apiVersion", "v1"},
                    {"kind", "Pod"},
                    {"metadata", {{"name", "a"}}},
                    {"status", {{"message", "hello"}}}};
  const Json now = expect(200, apply("pods/a/status", status, {{"fieldManager", "me"}}));
  EXPECT_EQ(now["status"]["message"], "hello");
  EXPECT_EQ(owned(now, "me").dump(), R"({"f:status":{"f:message":{}}})");
  EXPECT_EQ(now["metadata"]["managedFields"][0]["subresource"], "status");
}

TEST_F(Apply, DryRunChangesNothing) {
  EXPECT_EQ(
      expect(201, apply("configmaps/a", settings({{"x", "1"}}), {{"dryRun", "All"}}))["data"]["x"],
      "1");
  EXPECT_EQ(ask("GET", "configmaps/a").status, 404);
  expect(201, apply("configmaps/a", settings({{"x", "1"}})));
  EXPECT_EQ(
      expect(200, apply("configmaps/a", settings({{"x", "2"}}), {{"dryRun", "All"}}))["data"]["x"],
      "2");
  EXPECT_EQ(expect(200, ask("GET", "configmaps/a"))["data"]["x"], "1");
}

TEST_F(Apply, IsRefused) {
  content_type_ = "application/apply-patch+yaml";
  EXPECT_EQ(refusal(ask("PATCH", "configmaps/a", settings({}))),
            "422 Invalid: PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: "
            "is required for apply patch");
  content_type_ = "application/merge-patch+json";
  EXPECT_EQ(refusal(ask("PATCH", "configmaps/a", settings({}), {{"force", "true"}})),
            "422 Invalid: PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be "
            "specified for non-apply patch");
  Json other = settings({{"x", "1"}});
  other["apiVersion"] = "v2";
  EXPECT_EQ(refusal(apply("configmaps/a", other)),
            "400 BadRequest: Incorrect version specified in apply patch. Specified patch version: "
            "v2, expected: v1");
  Json owned = settings({{"x", "1"}});
  owned["metadata"]["managedFields"] = Json::array();
  EXPECT_EQ(refusal(apply("configmaps/a", owned)),
            "400 BadRequest: metadata.managedFields must be nil");
  Json unknown = deployment();
  unknown["spec"]["replicass"] = 3;
  EXPECT_EQ(refusal(apply(web_, unknown)),
            "500 : failed to create typed patch object (/web; apps/v1, Kind=Deployment): "
            ".spec.replicass: field not declared in schema");
  Json twice = deployment();
  Json& containers = twice["spec"]["template"]["spec"]["containers"];
  containers.push_back(containers[0]);
  EXPECT_NE(apply(web_, twice).body.find("duplicate entries for key"), std::string::npos);
  EXPECT_EQ(apply("configmaps/c", {{"apiVersion", "v1"}, {"kind", "ConfigMap"}}).status, 201);
  const Json bare{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", nullptr}};
  EXPECT_EQ(apply("configmaps/c", bare).status, 200);
  EXPECT_EQ(apply("configmaps/a", "{").status, 400);
  EXPECT_EQ(apply("configmaps/a", "[]").status, 400);
  EXPECT_EQ(apply("configmaps/b", settings({})).status, 400);
  Json wrong = deployment();
  wrong["spec"]["template"]["spec"]["containers"] = "main";
  EXPECT_EQ(apply(web_, wrong).status, 400);
}

}  // namespace
}  // namespace podrun::api
