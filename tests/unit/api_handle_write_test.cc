// create, update, patch and delete through ApiServer::handle.
#include <algorithm>

#include "api_fixture.h"

namespace podrun::api {
namespace {

using HandleWrite = ApiTest;
const std::string kSets = "/apis/apps/v1/namespaces/default/replicasets";

std::string warning_of(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Warning") return value;
  }
  return "";
}

TEST_F(HandleWrite, CreateGivesMetadataAndStatus) {
  const Response response = ask("POST", "pods", pod("a"));
  const Json made = expect(201, response);
  EXPECT_TRUE(response.after_commit);
  EXPECT_EQ(made["apiVersion"], "v1");
  EXPECT_EQ(made["kind"], "Pod");
  EXPECT_EQ(made["metadata"]["namespace"], "default");
  EXPECT_EQ(made["metadata"]["uid"].get<std::string>().size(), 36U);
  EXPECT_EQ(made["metadata"]["creationTimestamp"], rfc3339(clock_.wall()));
  EXPECT_EQ(made["metadata"]["generation"], 1);
  EXPECT_EQ(made["status"]["phase"], "Pending");
  EXPECT_EQ(made["status"]["qosClass"], "BestEffort");
  EXPECT_EQ(version(made), std::to_string(store_.revision()));
  EXPECT_EQ(made, expect(200, ask("GET", "pods/a")));
}

TEST_F(HandleWrite, CreateGeneratesNames) {
  Json object = config_map("");
  object["metadata"] = {{"generateName", "kubia-"}};
  EXPECT_EQ(expect(201, ask("POST", "configmaps", object))["metadata"]["name"], "kubia-bcdfg");
  random_ = 0;  // the same again: another is tried
  EXPECT_EQ(expect(201, ask("POST", "configmaps", object))["metadata"]["name"], "kubia-hjklm");
  const Json space =
      expect(201, ask("POST", "/api/v1/namespaces", {{"metadata", {{"generateName", "team-"}}}}));
  EXPECT_EQ(space["metadata"]["labels"]["kubernetes.io/metadata.name"], space["metadata"]["name"]);
  EXPECT_EQ(space["spec"]["finalizers"], Json::array({"kubernetes"}));
}

TEST_F(HandleWrite, CreateIsRefused) {
  Json elsewhere = config_map("a");
  elsewhere["metadata"]["namespace"] = "other";
  EXPECT_EQ(refusal(ask("POST", "configmaps", elsewhere)),
            "400 BadRequest: the namespace of the provided object does not match the namespace "
            "sent on the request");
  EXPECT_EQ(refusal(ask("POST", "/api/v1/namespaces/none/configmaps", config_map("a"))),
            "404 NotFound: namespaces \"none\" not found");
  expect(201, ask("POST", "configmaps", config_map("a")));
  EXPECT_EQ(refusal(ask("POST", "configmaps", config_map("a"))),
            "409 AlreadyExists: configmaps \"a\" already exists");
  Json old = config_map("b");
  old["metadata"]["resourceVersion"] = "1";
  EXPECT_EQ(refusal(ask("POST", "configmaps", old)),
            "400 BadRequest: resourceVersion should not be set on objects to be created");
  EXPECT_EQ(ask("POST", "configmaps", "{").status, 400);
  EXPECT_EQ(ask("POST", "configmaps", {{"metadata", 3}}).status, 400);
  EXPECT_EQ(ask("POST", "configmaps", {{"kind", "Pod"}}).status, 400);
}

TEST_F(HandleWrite, MalformedIsNamedOnce) {
  Json wrong = pod("a");
  wrong["spec"]["containers"] = "main";
  const std::string text = refusal(ask("POST", "pods", wrong));
  const std::string begin =
      "400 BadRequest: Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal";
  EXPECT_EQ(text.substr(0, begin.size()), begin);
}

TEST_F(HandleWrite, InvalidTellsCauses) {
  Json wrong = pod("a");
  wrong["spec"]["containers"][0].erase("name");
  wrong["spec"]["restartPolicy"] = "Sometimes";
  const Json status = expect(422, ask("POST", "pods", wrong));
  EXPECT_EQ(status["reason"], "Invalid");
  EXPECT_EQ(status["details"]["kind"], "Pod");
  std::vector<std::string> causes;
  for (const Json& cause : status["details"]["causes"]) {
    causes.push_back(cause["reason"].get<std::string>() + " " + cause["field"].get<std::string>());
  }
  std::sort(causes.begin(), causes.end());
  EXPECT_EQ(causes, (std::vector<std::string>{"FieldValueNotSupported spec.restartPolicy",
                                              "FieldValueRequired spec.containers[0].name"}));
}

TEST_F(HandleWrite, FieldValidation) {
  Json odd = config_map("a");
  odd["dta"] = 1;
  EXPECT_EQ(refusal(ask("POST", "configmaps", odd, {{"fieldValidation", "Strict"}})),
            "400 BadRequest: ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict "
            "decoding error: unknown field \"dta\"");
  const Response warned = ask("POST", "configmaps", odd, {{"fieldValidation", "Warn"}});
  EXPECT_FALSE(expect(201, warned).contains("dta"));
  EXPECT_EQ(warning_of(warned), "299 - \"unknown field \\\"dta\\\"\"");
  odd["metadata"]["name"] = "b";
  EXPECT_EQ(warning_of(ask("POST", "configmaps", odd, {{"fieldValidation", "Ignore"}})), "");
  EXPECT_EQ(ask("POST", "configmaps", odd, {{"fieldValidation", "Loose"}}).status, 422);
}

TEST_F(HandleWrite, FieldValidationSeesKeysTwiceInMaps) {
  const std::string twice = R"({"metadata": {"name": "a"}, "data": {"a": "b", "a": "c"}, "x": 1})";
  const std::string refused =
      "400 BadRequest: ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict "
      "decoding error: duplicate field \"data.a\", unknown field \"x\"";
  EXPECT_EQ(refusal(ask("POST", "configmaps", twice, {{"fieldValidation", "Strict"}})), refused);
  EXPECT_EQ(warning_of(ask("POST", "configmaps", twice, {{"fieldValidation", "Warn"}})),
            R"(299 - "duplicate field \"data.a\"")");
  EXPECT_EQ(refusal(ask("PUT", "configmaps/a", twice, {{"fieldValidation", "Strict"}})), refused);
}

TEST_F(HandleWrite, DryRunLeavesNothing) {
  const Query dry{{"dryRun", "All"}};
  const std::int64_t before = store_.revision();
  expect(201, ask("POST", "configmaps", config_map("a"), dry));
  EXPECT_EQ(ask("GET", "configmaps/a").status, 404);
  EXPECT_EQ(store_.revision(), before);
  expect(201, ask("POST", "configmaps", config_map("a")));
  Json changed = config_map("a");
  changed["data"]["key"] = "new";
  EXPECT_EQ(expect(200, ask("PUT", "configmaps/a", changed, dry))["data"]["key"], "new");
  expect(200, ask("DELETE", "configmaps/a", nullptr, dry));
  EXPECT_EQ(expect(200, ask("GET", "configmaps/a"))["data"]["key"], "value");
  EXPECT_EQ(refusal(ask("DELETE", "configmaps/a", nullptr, {{"dryRun", "Some"}})),
            "422 Invalid: DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: "
            "[]string{\"Some\"}: supported values: \"All\"");
  EXPECT_EQ(refusal(ask("POST", "configmaps", config_map("b"), {{"dryRun", "Some"}})),
            "422 Invalid: CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: "
            "[]string{\"Some\"}: supported values: \"All\"");
}

// kubectl says it there.
TEST_F(HandleWrite, DryRunOfADeletionMayBeInItsBody) {
  expect(201, ask("POST", "configmaps", config_map("a")));
  running_pod("p");
  const std::int64_t before = store_.revision();
  const Json dry{{"dryRun", {"All"}}};
  expect(200, ask("DELETE", "configmaps/a", dry));
  expect(200, ask("DELETE", "pods/p", dry));
  EXPECT_EQ(names(expect(200, ask("DELETE", "configmaps", dry))), std::vector<std::string>{"a"});
  expect(201, ask("POST", "pods/p/eviction", {{"deleteOptions", dry}}));
  expect(201, ask("POST", "pods/p/eviction", Json::object(), {{"dryRun", "All"}}));
  EXPECT_EQ(store_.revision(), before);
  EXPECT_EQ(ask("DELETE", "configmaps/a", {{"dryRun", {"Some"}}}).status, 422);
  EXPECT_EQ(ask("DELETE", "configmaps/a", {{"dryRun", "All"}}).status, 400) << "no list";
  EXPECT_EQ(store_.revision(), before);
}

TEST_F(HandleWrite, UpdateComparesRevisions) {
  Json object = expect(201, ask("POST", "configmaps", config_map("a")));
  object["data"]["key"] = "one";
  const Json newer = expect(200, ask("PUT", "configmaps/a", object));
  EXPECT_NE(version(newer), version(object));
  EXPECT_EQ(refusal(ask("PUT", "configmaps/a", object)),
            "409 Conflict: Operation cannot be fulfilled on configmaps \"a\": the object has been "
            "modified; please apply your changes to the latest version and try again");
  Json foreign = newer;
  foreign["metadata"]["uid"] = "0-0";
  EXPECT_EQ(ask("PUT", "configmaps/a", foreign).status, 409);
  EXPECT_EQ(ask("PUT", "configmaps/b", config_map("b")).status, 404);
  EXPECT_EQ(ask("PUT", "configmaps/a", config_map("b")).status, 400);
}

TEST_F(HandleWrite, SomeKindsAreMadeByUpdates) {
  const Json lease{{"metadata", {{"name", "a"}}}, {"spec", {{"holderIdentity", "me"}}}};
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases/";
  Json made = expect(201, ask("PUT", leases + "a", lease));
  EXPECT_EQ(made["spec"]["holderIdentity"], "me");
  EXPECT_EQ(version(expect(200, ask("PUT", leases + "a", lease))), version(made));
  Json dated = lease;
  dated["metadata"] = {{"name", "b"}, {"resourceVersion", "3"}};
  expect(201, ask("PUT", leases + "b", dated));
  made["metadata"]["name"] = "c";
  EXPECT_EQ(refusal(ask("PUT", leases + "c", made)).substr(0, 103),
            "409 Conflict: Operation cannot be fulfilled on leases.coordination.k8s.io \"c\": "
            "Precondition failed: UID");
  EXPECT_EQ(refusal(ask("PUT", leases + "d", lease)),
            "400 BadRequest: the name of the object (a) does not match the name on the URL (d)");
  EXPECT_EQ(refusal(ask("PUT", leases + "d", {{"spec", Json::object()}})),
            "400 BadRequest: the name of the object (d based on URL) was undeterminable: name must "
            "be provided");
  expect(201, ask("PUT", "endpoints/e", {{"metadata", {{"name", "e"}}}}));
  const Json port{{"port", 80}};
  expect(201, ask("PUT", "services/s",
                  {{"metadata", {{"name", "s"}}}, {"spec", {{"ports", Json::array({port})}}}}));
  EXPECT_EQ(ask("PUT", "services/t/status", {{"metadata", {{"name", "t"}}}}).status, 404);
  EXPECT_EQ(ask("PUT", "secrets/s", {{"metadata", {{"name", "s"}}}}).status, 404);
}

TEST_F(HandleWrite, ABodyThatIsNoneShowsHowItBegins) {
  EXPECT_EQ(refusal(ask("POST", "configmaps", "{bad")),
            "400 BadRequest: the object provided is unrecognized (must be of type ConfigMap): "
            "couldn't get version/kind; json parse error: invalid character 'b' looking for "
            "beginning of object key string ({bad)");
  Json object = expect(201, ask("POST", "configmaps", config_map("a")));
  object["metadata"]["resourceVersion"] = "abc";
  EXPECT_EQ(refusal(ask("PUT", "configmaps/a", object)),
            R"(500 : strconv.ParseUint: parsing "abc": invalid syntax)");
}

TEST_F(HandleWrite, UpdateKeepsWhatIsNotTheClients) {
  const Json made = expect(201, ask("POST", "pods", pod("a")));
  Json bare = made;
  bare["metadata"] = {{"name", "a"}, {"labels", {{"app", "new"}}}};
  bare["status"] = {{"phase", "Running"}};
  const Json updated = expect(200, ask("PUT", "pods/a", bare));
  EXPECT_EQ(updated["metadata"]["labels"]["app"], "new");
  EXPECT_EQ(updated["status"], made["status"]);
  for (const char* field : {"namespace", "uid", "creationTimestamp", "generation"}) {
    EXPECT_EQ(updated["metadata"][field], made["metadata"][field]) << field;
  }
}

TEST_F(HandleWrite, UpdateWithoutAChangeWritesNothing) {
  running_pod("p");
  expect(201, ask("POST", kSets, replica_set("r")));
  expect(201, ask("POST", "configmaps", config_map("c", {{"b", "1"}, {"a", "2"}})));
  const std::string space = "/api/v1/namespaces/other";
  for (const std::string& path :
       {std::string("pods/p"), kSets + "/r", std::string("configmaps/c"), space}) {
    const Json present = expect(200, ask("GET", path));
    EXPECT_EQ(version(expect(200, ask("PUT", path, present))), version(present)) << path;
    Json unversioned = present;
    unversioned["metadata"].erase("resourceVersion");
    EXPECT_EQ(version(expect(200, ask("PUT", path, unversioned))), version(present)) << path;
    EXPECT_EQ(
        version(patch("merge", path, {{"metadata", {{"name", present["metadata"]["name"]}}}})),
        version(present))
        << path;
    if (present.contains("status")) {
      EXPECT_EQ(version(expect(200, ask("PUT", path + "/status", present))), version(present))
          << path;
    }
  }
}

TEST_F(HandleWrite, GenerationCountsChangesOfSpec) {
  const std::string path = kSets + "/r";
  Json set = expect(201, ask("POST", kSets, replica_set("r")));
  set["metadata"]["labels"] = {{"x", "y"}};
  set = expect(200, ask("PUT", path, set));
  EXPECT_EQ(set["metadata"]["generation"], 1);
  set["spec"]["replicas"] = 5;
  set = expect(200, ask("PUT", path, set));
  EXPECT_EQ(set["metadata"]["generation"], 2);
  set["status"]["replicas"] = 4;
  set["spec"]["replicas"] = 9;
  set = expect(200, ask("PUT", path + "/status", set));
  EXPECT_EQ(set["metadata"]["generation"], 2);
  EXPECT_EQ(set["spec"]["replicas"], 5);
  EXPECT_EQ(set["status"]["replicas"], 4);
}

TEST_F(HandleWrite, PatchesOfEachType) {
  expect(201, ask("POST", "pods", pod("a")));
  EXPECT_EQ(
      patch("merge", "pods/a", {{"metadata", {{"labels", {{"x", "1"}}}}}})["metadata"]["labels"],
      (Json{{"app", "kubia"}, {"x", "1"}}));
  EXPECT_EQ(patch("json", "pods/a",
                  Json::array(
                      {{{"op", "remove"}, {"path", "/metadata/labels/x"}}}))["metadata"]["labels"],
            (Json{{"app", "kubia"}}));
  const Json image = {{"containers", {{{"name", "main"}, {"image", "other"}}}}};
  const Json patched = patch("strategic-merge", "pods/a", {{"spec", image}});
  EXPECT_EQ(patched["spec"]["containers"].size(), 1U);
  EXPECT_EQ(patched["spec"]["containers"][0]["image"], "other");
  EXPECT_EQ(patched["metadata"]["generation"], 2);
  patch("merge", "pods/a", {{"metadata", {{"resourceVersion", "1"}}}}, 409);
  patch("merge", "pods/none", Json::object(), 404);
  content_type_ = "text/plain";
  EXPECT_EQ(ask("PATCH", "pods/a", Json::object()).status, 415);
  EXPECT_EQ(ask("POST", "pods", pod("b")).status, 415);
}

TEST_F(HandleWrite, OldVersionsAreStoredAsNew) {
  const std::string old = "/apis/extensions/v1beta1/namespaces/default/replicasets";
  Json set = replica_set("r");
  set["apiVersion"] = "extensions/v1beta1";
  set["kind"] = "ReplicaSet";
  EXPECT_EQ(expect(201, ask("POST", old, set))["apiVersion"], "extensions/v1beta1");
  EXPECT_EQ(expect(200, ask("GET", kSets + "/r"))["apiVersion"], "apps/v1");
  EXPECT_EQ(patch("merge", old + "/r", {{"spec", {{"replicas", 7}}}})["apiVersion"],
            "extensions/v1beta1");
  EXPECT_EQ(expect(200, ask("GET", kSets + "/r"))["spec"]["replicas"], 7);
}

TEST_F(HandleWrite, DeleteAnswersAStatusOrTheObject) {
  const Json made = expect(201, ask("POST", "configmaps", config_map("a")));
  const Json status = expect(200, ask("DELETE", "configmaps/a"));
  EXPECT_EQ(status["status"], "Success");
  EXPECT_EQ(status["details"]["uid"], made["metadata"]["uid"]);
  EXPECT_EQ(refusal(ask("DELETE", "configmaps/a")), "404 NotFound: configmaps \"a\" not found");
  Json held = config_map("b");
  held["metadata"]["finalizers"] = {"example.com/keep"};
  expect(201, ask("POST", "configmaps", held));
  const Json marked = expect(200, ask("DELETE", "configmaps/b"));
  EXPECT_TRUE(marked["metadata"].contains("deletionTimestamp"));
  expect(200, ask("DELETE", "configmaps/b"));
  patch("merge", "configmaps/b", {{"metadata", {{"finalizers", nullptr}}}});
  EXPECT_EQ(ask("GET", "configmaps/b").status, 404);
}

TEST_F(HandleWrite, DeletionOfAJobWarnsThatItsPodsStay) {
  const std::string jobs = "/apis/batch/v1/namespaces/default/jobs";
  Json pod_spec = pod("a")["spec"];
  pod_spec["restartPolicy"] = "Never";
  for (const char* name : {"a", "b"}) {
    expect(201,
           ask("POST", jobs,
               {{"metadata", {{"name", name}}}, {"spec", {{"template", {{"spec", pod_spec}}}}}}));
  }
  const Response kept = ask("DELETE", jobs + "/a");
  EXPECT_EQ(expect(200, kept)["metadata"]["finalizers"], Json::array({"orphan"}));
  EXPECT_EQ(warning_of(kept),
            "299 - \"child pods are preserved by default when jobs are deleted; set "
            "propagationPolicy=Background to remove them or set propagationPolicy=Orphan to "
            "suppress this warning\"");
  const Response gone = ask("DELETE", jobs + "/b", {{"propagationPolicy", "Background"}});
  EXPECT_EQ(expect(200, gone)["status"], "Success");
  EXPECT_EQ(warning_of(gone), "");
}

TEST_F(HandleWrite, DeleteOfPods) {
  expect(201, ask("POST", "pods", pod("pending")));
  EXPECT_EQ(expect(200, ask("DELETE", "pods/pending"))["kind"], "Pod");
  EXPECT_EQ(ask("GET", "pods/pending").status, 404);
  running_pod("a");
  const Json marked = expect(200, ask("DELETE", "pods/a", {{"gracePeriodSeconds", 7}}));
  EXPECT_EQ(marked["metadata"]["deletionGracePeriodSeconds"], 7);
  const Json again = expect(200, ask("DELETE", "pods/a"));
  EXPECT_EQ(version(again), version(marked));
  expect(200, ask("DELETE", "pods/a", nullptr, {{"gracePeriodSeconds", "0"}}));
  EXPECT_EQ(ask("GET", "pods/a").status, 404);
}

TEST_F(HandleWrite, DeleteHasPreconditionsAndPolicies) {
  expect(201, ask("POST", kSets, replica_set("r")));
  const std::string path = kSets + "/r";
  EXPECT_EQ(ask("DELETE", path, {{"preconditions", {{"uid", "0-0"}}}}).status, 409);
  EXPECT_EQ(ask("DELETE", path, {{"preconditions", {{"resourceVersion", "1"}}}}).status, 409);
  EXPECT_EQ(
      refusal(ask("DELETE", path, {{"propagationPolicy", "Sideways"}})),
      "422 Invalid: DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported "
      "value: \"Sideways\": supported values: \"Foreground\", \"Background\", \"Orphan\", "
      "\"nil\"");
  EXPECT_EQ(
      refusal(ask("DELETE", path, {{"propagationPolicy", "Orphan"}, {"orphanDependents", true}})),
      "422 Invalid: DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: "
      "\"Orphan\": orphanDependents and deletionPropagation cannot be both set");
  EXPECT_EQ(ask("DELETE", path, {{"gracePeriodSeconds", "soon"}}).status, 400);
  EXPECT_EQ(ask("DELETE", path, "[]").status, 400);
  const Json marked = expect(200, ask("DELETE", path,
                                      {{"orphanDependents", true},
                                       {"propagationPolicy", nullptr},
                                       {"preconditions", {{"uid", nullptr}}}}));
  EXPECT_EQ(marked["metadata"]["finalizers"], Json::array({"orphan"}));
}

TEST_F(HandleWrite, NamespacesEndWhenTheyAreEmpty) {
  const std::string path = "/api/v1/namespaces/other";
  EXPECT_EQ(expect(200, ask("DELETE", path))["status"]["phase"], "Terminating");
  EXPECT_EQ(refusal(ask("POST", path + "/configmaps", config_map("a"))),
            "403 Forbidden: configmaps \"a\" is forbidden: unable to create new content in "
            "namespace other because it is being terminated");
  const Json details =
      expect(403, ask("POST", path + "/configmaps", config_map("a"))).at("details");
  EXPECT_EQ(details["name"], "a");
  EXPECT_EQ(details["causes"][0], (Json{{"reason", "NamespaceTerminating"},
                                        {"message", "namespace other is being terminated"},
                                        {"field", "metadata.namespace"}}));
  // The finalizers are not the main resource's.
  patch("merge", path, {{"spec", {{"finalizers", nullptr}}}});
  EXPECT_EQ(ask("GET", path).status, 200);
  expect(200, ask("PUT", path + "/finalize", {{"spec", {{"finalizers", Json::array()}}}}));
  EXPECT_EQ(ask("GET", path).status, 404);
  EXPECT_EQ(
      refusal(ask("DELETE", "/api/v1/namespaces/default")),
      "403 Forbidden: namespaces \"default\" is forbidden: this namespace may not be deleted");
}

TEST_F(HandleWrite, DeleteCollection) {
  for (const char* name : {"a", "b"}) {
    expect(201, ask("POST", "configmaps", config_map(name, {{"app", "x"}})));
  }
  expect(201, ask("POST", "configmaps", config_map("c")));
  expect(201, ask("POST", "/api/v1/namespaces/other/configmaps", config_map("a", {{"app", "x"}})));
  const Json gone = expect(200, ask("DELETE", "configmaps", nullptr, {{"labelSelector", "app=x"}}));
  EXPECT_EQ(gone["kind"], "ConfigMapList");
  EXPECT_EQ(names(gone), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names(expect(200, ask("GET", "/api/v1/configmaps"))),
            (std::vector<std::string>{"c", "a"}));
}

}  // namespace
}  // namespace podrun::api
