// status, scale, eviction, binding, log and exec through ApiServer::handle.
#include <algorithm>

#include "api_fixture.h"

namespace podrun::api {
namespace {

using HandleSubresource = ApiTest;
const std::string kSets = "/apis/apps/v1/namespaces/default/replicasets";

TEST_F(HandleSubresource, StatusChangesStatusOnly) {
  Json object = running_pod("a");
  object["status"]["phase"] = "Running";
  object["spec"]["nodeName"] = "elsewhere";
  object["metadata"]["labels"] = {{"app", "stolen"}};
  const Json updated = expect(200, ask("PUT", "pods/a/status", object));
  EXPECT_EQ(updated["status"]["phase"], "Running");
  EXPECT_EQ(updated["spec"]["nodeName"], "here");
  EXPECT_EQ(updated["metadata"]["labels"]["app"], "kubia");
  EXPECT_EQ(ask("PUT", "pods/a/status", object).status, 409) << "it moved on";
  const Json patched = patch("strategic-merge", "pods/a/status",
                             {{"status", {{"message", "hi"}}}, {"spec", {{"nodeName", "x"}}}});
  EXPECT_EQ(patched["status"]["message"], "hi");
  EXPECT_EQ(patched["status"]["phase"], "Running");
  EXPECT_EQ(patched["spec"]["nodeName"], "here");
  EXPECT_EQ(expect(200, ask("GET", "pods/a/status")), patched);
}

TEST_F(HandleSubresource, Scale) {
  expect(201, ask("POST", kSets, replica_set("r")));
  const std::string path = kSets + "/r/scale";
  Json scale = expect(200, ask("GET", path));
  EXPECT_EQ(scale["kind"], "Scale");
  EXPECT_EQ(scale["spec"]["replicas"], 3);
  EXPECT_EQ(scale["status"]["selector"], "app=kubia");
  scale["spec"]["replicas"] = 5;
  EXPECT_EQ(expect(200, ask("PUT", path, scale))["spec"]["replicas"], 5);
  EXPECT_EQ(ask("PUT", path, scale).status, 409) << "it moved on";
  const Json set = expect(200, ask("GET", kSets + "/r"));
  EXPECT_EQ(set["spec"]["replicas"], 5);
  EXPECT_EQ(set["metadata"]["generation"], 2);
  EXPECT_EQ(patch("merge", path, {{"spec", {{"replicas", 2}}}})["spec"]["replicas"], 2);
  EXPECT_EQ(patch("strategic-merge", path, {{"spec", {{"replicas", 4}}}})["spec"]["replicas"], 4);
  EXPECT_EQ(ask("PUT", path, {{"spec", {{"replicas", -1}}}}).status, 422);
  EXPECT_EQ(ask("PUT", path, {{"spec", {{"replicas", "two"}}}}).status, 400);
  EXPECT_EQ(ask("PUT", path, {{"spec", 3}}).status, 400);
  EXPECT_EQ(ask("DELETE", path).status, 405);
  EXPECT_EQ(ask("GET", kSets + "/none/scale").status, 404);
  // The same through a version that is not the stored one.
  const std::string old = "/apis/extensions/v1beta1/namespaces/default/replicasets/r/scale";
  EXPECT_EQ(expect(200, ask("PUT", old, {{"spec", {{"replicas", 6}}}}))["spec"]["replicas"], 6);
  const Query dry{{"dryRun", "All"}};
  EXPECT_EQ(expect(200, ask("PUT", old, {{"spec", {{"replicas", 9}}}}, dry))["spec"]["replicas"],
            9);
  EXPECT_EQ(expect(200, ask("GET", path))["spec"]["replicas"], 6);
}

TEST_F(HandleSubresource, ScaleIsApplied) {
  expect(201, ask("POST", kSets, replica_set("r"), {{"fieldManager", "maker"}}));
  const std::string path = kSets + "/r/scale";
  const Json scale{
      {"apiVersion", "autoscaling/v1"}, {"kind", "Scale"}, {"spec", {{"replicas", 7}}}};
  content_type_ = "application/apply-patch+yaml";
  EXPECT_EQ(refusal(ask("PATCH", path, scale, {{"fieldManager", "scaler"}})),
            "409 Conflict: Apply failed with 1 conflict: conflict with \"maker\" using apps/v1: "
            ".spec.replicas");
  const Query forced{{"fieldManager", "scaler"}, {"force", "true"}};
  EXPECT_EQ(expect(200, ask("PATCH", path, scale, forced))["spec"]["replicas"], 7);
  const std::string yaml = "apiVersion: autoscaling/v1\nkind: Scale\nspec: {replicas: 8}\n";
  EXPECT_EQ(expect(200, ask("PATCH", path, yaml, {{"fieldManager", "scaler"}}))["spec"]["replicas"],
            8);
  EXPECT_EQ(ask("PATCH", path, yaml).status, 422) << "who applies has a name";
  EXPECT_EQ(ask("PATCH", path, replica_set("r"), forced).status, 400) << "no Scale";
  EXPECT_EQ(ask("PATCH", path, "- 1", forced).status, 400);
  EXPECT_EQ(ask("PATCH", kSets + "/none/scale", scale, forced).status, 404);
  content_type_.clear();
  const Json set = expect(200, ask("GET", kSets + "/r"));
  EXPECT_EQ(set["spec"]["replicas"], 8);
  const Json& mine = set["metadata"]["managedFields"][0];
  EXPECT_EQ(mine["manager"], "scaler");
  EXPECT_EQ(mine["operation"], "Apply");
  EXPECT_EQ(mine["subresource"], "scale");
  EXPECT_EQ(mine["apiVersion"], "apps/v1");
  EXPECT_EQ(mine["fieldsV1"].dump(), R"({"f:spec":{"f:replicas":{}}})");
}

TEST_F(HandleSubresource, ScaleOfAReplicationController) {
  Json controller = replica_set("c");
  controller["spec"]["selector"] = {{"app", "kubia"}};
  expect(201, ask("POST", "replicationcontrollers", controller));
  EXPECT_EQ(expect(200, ask("GET", "replicationcontrollers/c/scale"))["status"]["selector"],
            "app=kubia");
}

TEST_F(HandleSubresource, Eviction) {
  running_pod("a");
  const Json eviction{{"deleteOptions", {{"gracePeriodSeconds", 9}}}};
  EXPECT_EQ(expect(201, ask("POST", "pods/a/eviction", eviction))["status"], "Success");
  const Json evicted = expect(200, ask("GET", "pods/a"));
  EXPECT_EQ(evicted["metadata"]["deletionGracePeriodSeconds"], 9);
  Json condition = evicted["status"]["conditions"].back();
  EXPECT_TRUE(condition["lastTransitionTime"].is_string());
  condition.erase("lastTransitionTime");
  EXPECT_EQ(condition.dump(),
            R"({"lastProbeTime":null,"message":"Eviction API: evicting",)"
            R"("reason":"EvictionByEvictionAPI","status":"True","type":"DisruptionTarget"})");
  running_pod("b");
  const Json wrong{{"deleteOptions", {{"preconditions", {{"uid", "another"}}}}}};
  EXPECT_EQ(ask("POST", "pods/b/eviction", wrong).status, 409);
  EXPECT_EQ(expect(200, ask("GET", "pods/b"))["status"]["conditions"].dump().find("Disruption"),
            std::string::npos);
  EXPECT_EQ(ask("POST", "pods/none/eviction", Json::object()).status, 404);
  EXPECT_EQ(ask("POST", "pods/a/eviction", "x").status, 400);
  EXPECT_EQ(ask("POST", "pods/a/eviction", {{"deleteOptions", 3}}).status, 400);
  EXPECT_EQ(refusal(ask("POST", "pods/a/eviction", {{"metadata", {{"name", "b"}}}})),
            "400 BadRequest: name in URL does not match name in Eviction object");
}

TEST_F(HandleSubresource, Binding) {
  const Json bound = running_pod("a");
  EXPECT_EQ(bound["spec"]["nodeName"], "here");
  EXPECT_EQ(bound["status"]["conditions"][0]["type"], "PodScheduled");
  EXPECT_EQ(bound["metadata"]["generation"], 1);
  const Json target{{"metadata", {{"name", "b"}}}, {"target", {{"name", "here"}}}};
  EXPECT_EQ(refusal(ask("POST", "pods/a/binding", target)),
            "409 Conflict: Operation cannot be fulfilled on pods/binding \"a\": pod a is already "
            "assigned to node \"here\"");
  EXPECT_EQ(ask("POST", "pods/a/binding", Json::object()).status, 400);
  EXPECT_EQ(ask("POST", "pods/a/binding", {{"target", {{"name", 3}}}}).status, 400);
  expect(201, ask("POST", "pods", pod("b")));
  expect(201, ask("POST", "bindings", target, {{"dryRun", "All"}}));
  EXPECT_FALSE(expect(200, ask("GET", "pods/b"))["spec"].contains("nodeName"));
  expect(201, ask("POST", "bindings", target));
  EXPECT_EQ(expect(200, ask("GET", "pods/b"))["spec"]["nodeName"], "here");
  EXPECT_TRUE(store_.list("bindings").empty());
}

TEST_F(HandleSubresource, BindingNeedsAPodThatIsReadyForIt) {
  const Json target{{"target", {{"name", "here"}}}};
  const auto refused = [&](const std::string& name) {
    return refusal(ask("POST", "pods/" + name + "/binding", target));
  };
  Json gated = pod("gated");
  gated["spec"]["schedulingGates"] = Json::array({{{"name", "example.com/wait"}}});
  expect(201, ask("POST", "pods", gated));
  EXPECT_EQ(refused("gated"),
            "409 Conflict: Operation cannot be fulfilled on pods/binding \"gated\": pod gated has "
            "non-empty .spec.schedulingGates");
  Json leaving = pod("leaving");
  leaving["metadata"]["finalizers"] = Json::array({"example.com/keep"});
  expect(201, ask("POST", "pods", leaving));
  expect(200, ask("DELETE", "pods/leaving"));
  EXPECT_EQ(refused("leaving"),
            "409 Conflict: Operation cannot be fulfilled on pods/binding \"leaving\": pod leaving "
            "is being deleted, cannot be assigned to a host");
  for (const char* name : {"pods/gated", "pods/leaving"}) {
    EXPECT_FALSE(expect(200, ask("GET", name))["spec"].contains("nodeName"));
  }
}

TEST_F(HandleSubresource, FinalizeIsOfNamespaces) {
  const std::string path = "/api/v1/namespaces/other";
  const Json updated = expect(
      200, ask("PUT", path + "/finalize", {{"spec", {{"finalizers", {"example.com/keep"}}}}}));
  EXPECT_EQ(updated["spec"]["finalizers"], Json::array({"example.com/keep"}));
  const auto refused = [&](const Json& body) {
    return refusal(ask("PUT", path + "/finalize", body));
  };
  EXPECT_EQ(refused({{"metadata", {{"name", "zzz"}}}}).substr(0, 3), "400");
  EXPECT_EQ(refused({{"metadata", {{"resourceVersion", "1"}}}}).substr(0, 3), "409");
  EXPECT_EQ(refused({{"spec", {{"finalizers", {1}}}}}).substr(0, 3), "400");
  EXPECT_EQ(
      refused({{"spec", {{"finalizers", {"keep"}}}}}),
      "422 Invalid: Namespace \"other\" is invalid: spec.finalizers: Invalid value: \"keep\": "
      "name is neither a standard finalizer name nor is it fully qualified");
  const std::int64_t before = store_.revision();
  expect(200, ask("PUT", path + "/finalize", {{"spec", {{"finalizers", Json::array()}}}},
                  {{"dryRun", "All"}}));
  EXPECT_EQ(store_.revision(), before);
  EXPECT_EQ(ask("PUT", path + "/finalize", {{"spec", "x"}}).status, 400);
  EXPECT_EQ(ask("PUT", path + "/finalize", {{"spec", {{"finalizers", "x"}}}}).status, 400);
  EXPECT_EQ(ask("PUT", "pods/a/finalize", Json::object()).status, 404);
}

TEST_F(HandleSubresource, ThePodsNodeAnswersLogsAndStreams) {
  expect(201, ask("POST", "pods", pod("a")));
  EXPECT_EQ(ask("GET", "pods/a/log", nullptr, {{"container", "main"}}).body, "log of a main");
  EXPECT_EQ(ask("POST", "pods/a/exec").body, "POST exec a");
  EXPECT_EQ(ask("GET", "pods/a/portforward").body, "GET portforward a");
  EXPECT_EQ(refusal(ask("GET", "pods/b/log")), "404 NotFound: pods \"b\" not found");
}

}  // namespace
}  // namespace podrun::api
