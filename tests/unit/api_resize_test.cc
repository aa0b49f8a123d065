// The subresource `resize` of pods through ApiServer::handle.
#include "api_fixture.h"

namespace podrun::api {
namespace {

const std::string kInvalid = "422 Invalid: Pod \"a\" is invalid: ";
const Json kSmall{{"cpu", "100m"}, {"memory", "64Mi"}};
const Json kLarge{{"cpu", "200m"}, {"memory", "32Mi"}};

/// A pod `a` with limits, above its requests, on containers `main` and `other`, a sidecar and an
/// init container.
class Resize : public ApiTest {
 protected:
  Resize() {
    Json made = pod("a");
    Json& spec = made["spec"];
    spec["containers"].push_back({{"name", "other"}, {"image", "kubia"}});
    spec["containers"][0]["resources"] = {{"limits", {{"cpu", "1"}, {"memory", "128Mi"}}},
                                          {"requests", kSmall}};
    spec["initContainers"] = {{{"name", "side"}, {"image", "kubia"}, {"restartPolicy", "Always"}},
                              {{"name", "first"}, {"image", "kubia"}}};
    spec["initContainers"][0]["resources"]["requests"] = kSmall;
    spec["initContainers"][1]["resources"]["requests"] = kSmall;
    expect(201, ask("POST", "pods", made, {{"fieldManager", "maker"}}));
  }

  static Json containers(const Json& resources, const char* name = "main",
                         const char* list = "containers") {
    return {{"spec", {{list, Json::array({{{"name", name}, {"resources", resources}}})}}}};
  }
  std::string refused(const Json& body) {
    content_type_ = "application/strategic-merge-patch+json";
    const Response response = ask("PATCH", "pods/a/resize", body);
    content_type_.clear();
    return refusal(response);
  }
};

TEST_F(Resize, ChangesResourcesAlone) {
  const Json before = expect(200, ask("GET", "pods/a/resize"));
  EXPECT_EQ(before["kind"], "Pod");
  Json body = containers({{"requests", kLarge}});
  body["metadata"]["labels"]["app"] = "stolen";
  body["spec"]["containers"][0]["image"] = "other";
  body["spec"]["activeDeadlineSeconds"] = 3;
  body["status"]["phase"] = "Failed";
  const Json after = patch("strategic-merge", "pods/a/resize", body);
  EXPECT_EQ(after["spec"]["containers"][0]["resources"]["requests"], kLarge);
  EXPECT_EQ(after["metadata"]["generation"], 2);
  Json expected = before;
  expected["spec"]["containers"][0]["resources"]["requests"] = kLarge;
  EXPECT_EQ(after["spec"], expected["spec"]);
  EXPECT_EQ(after["status"], before["status"]);
  EXPECT_EQ(after["metadata"]["labels"], before["metadata"]["labels"]);
  EXPECT_EQ(expect(200, ask("GET", "pods/a")), after);

  Json whole = after;
  whole["spec"]["initContainers"][0]["resources"]["requests"] = kLarge;
  const Json put = expect(200, ask("PUT", "pods/a/resize", whole, {{"dryRun", "All"}}));
  EXPECT_EQ(put["metadata"]["generation"], 3);
  EXPECT_EQ(expect(200, ask("GET", "pods/a")), after);
  expect(200, ask("PUT", "pods/a/resize", whole));
  EXPECT_EQ(ask("PUT", "pods/a/resize", whole).status, 409) << "it moved on";
  const Json json_patch = Json::array(
      {{{"op", "replace"}, {"path", "/spec/containers/0/resources/limits/cpu"}, {"value", "2"}}});
  EXPECT_EQ(patch("json", "pods/a/resize",
                  json_patch)["spec"]["containers"][0]["resources"]["limits"]["cpu"],
            "2");
  // The main resource still refuses.
  content_type_ = "application/strategic-merge-patch+json";
  EXPECT_EQ(refusal(ask("PATCH", "pods/a", containers({{"requests", kSmall}})))
                .find(kInvalid + "spec: Forbidden: pod updates may not change fields other than"),
            0U);
  EXPECT_EQ(ask("PATCH", "pods/none/resize", body).status, 404);
  EXPECT_EQ(ask("DELETE", "pods/a/resize").status, 405);
}

TEST_F(Resize, NothingNewIsNoChange) {
  const Json before = expect(200, ask("GET", "pods/a"));
  EXPECT_EQ(patch("strategic-merge", "pods/a/resize", containers({{"requests", kSmall}})), before);
}

TEST_F(Resize, IsRefusedInKubernetesWords) {
  EXPECT_EQ(refused(containers({{"requests", {{"cpu", nullptr}}}}, "side", "initContainers")),
            kInvalid +
                "spec.initContainers[0].resources.requests: Forbidden: resource requests "
                "cannot be removed");
  EXPECT_EQ(refused(containers({{"limits", nullptr}})),
            kInvalid +
                "spec.containers[0].resources.limits: Forbidden: resource limits cannot be "
                "removed");
  EXPECT_EQ(refused(containers({{"requests", {{"cpu", "3"}}}})),
            kInvalid +
                "spec.containers[0].resources.requests: Invalid value: \"3\": must be less "
                "than or equal to cpu limit of 1");
  EXPECT_EQ(refused(containers({{"requests", {{"ephemeral-storage", "1Gi"}}}})),
            kInvalid + "spec: Forbidden: only cpu and memory resources are mutable");
  Json policy = containers({{"requests", kLarge}});
  policy["spec"]["containers"][0]["resizePolicy"] = {
      {{"resourceName", "cpu"}, {"restartPolicy", "RestartContainer"}}};
  EXPECT_EQ(refused(policy),
            kInvalid + "spec: Forbidden: only cpu and memory resources are mutable");
  EXPECT_EQ(refused(containers({{"requests", kLarge}}, "first", "initContainers")),
            kInvalid + "spec: Forbidden: resources for non-sidecar init containers are immutable");
  EXPECT_EQ(
      refused(containers({{"requests", {{"ephemeral-storage", "1Gi"}}}}, "side", "initContainers")),
      kInvalid +
          "spec: Forbidden: only cpu and memory resources for sidecar containers are "
          "mutable");
  Json added = containers({{"requests", kLarge}}, "more");
  added["spec"]["containers"][0]["image"] = "kubia";
  EXPECT_EQ(
      refused(added),
      kInvalid + "spec.containers: Forbidden: containers may not be added or removed on resize");
  Json turned = expect(200, ask("GET", "pods/a"));
  std::swap(turned["spec"]["containers"][0], turned["spec"]["containers"][1]);
  EXPECT_NE(refusal(ask("PUT", "pods/a/resize", turned))
                .find("spec.containers[0].name: Forbidden: containers may not be renamed or "
                      "reordered on resize"),
            std::string::npos);
  EXPECT_EQ(ask("PUT", "pods/a/resize", "{").status, 400);
}

TEST_F(Resize, TheClassOfServiceStays) {
  expect(201, ask("POST", "pods", pod("plain")));
  content_type_ = "application/strategic-merge-patch+json";
  EXPECT_EQ(refusal(ask("PATCH", "pods/plain/resize", containers({{"requests", kSmall}}))),
            "422 Invalid: Pod \"plain\" is invalid: spec: Invalid value: \"BestEffort\": Pod QOS "
            "Class may not change as a result of resizing");
}

TEST_F(Resize, ANodeMustBeAbleTo) {
  Json status{
      {"status",
       {{"containerStatuses",
         Json::array({{{"name", "main"},
                       {"state", {{"running", {{"startedAt", "2026-11-26T00:00:00Z"}}}}}}})}}}};
  patch("merge", "pods/a/status", status);
  EXPECT_EQ(refused(containers({{"requests", kLarge}})),
            kInvalid + "spec: Forbidden: Pod running on node without support for resize");
  status["status"]["containerStatuses"][0]["resources"] = Json::object();
  patch("merge", "pods/a/status", status);
  patch("strategic-merge", "pods/a/resize", containers({{"requests", kLarge}}));
}

TEST_F(Resize, IsApplied) {
  Json config = containers({{"requests", kLarge}});
  config["apiVersion"] = "v1";
  config["kind"] = "Pod";
  config["metadata"]["name"] = "a";
  config["spec"]["containers"][0]["image"] = "stolen";
  content_type_ = "application/apply-patch+yaml";
  EXPECT_EQ(ask("PATCH", "pods/a/resize", config, {{"fieldManager", "sizer"}}).status, 409);
  const Query forced{{"fieldManager", "sizer"}, {"force", "true"}};
  const Json after = expect(200, ask("PATCH", "pods/a/resize", config, forced));
  EXPECT_EQ(after["spec"]["containers"][0]["resources"]["requests"], kLarge);
  EXPECT_EQ(after["spec"]["containers"][0]["image"], "kubia");
  Json mine;
  for (const Json& entry : after["metadata"]["managedFields"]) {
    if (entry["manager"] == "sizer") mine = entry;
  }
  EXPECT_EQ(mine["subresource"], "resize");
  EXPECT_EQ(mine["fieldsV1"].dump(),
            R"({"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:resources":{"f:requests":)"
            R"({"f:cpu":{},"f:memory":{}}}}}}})");
}

TEST_F(Resize, PoliciesAreValidated) {
  Json bad = pod("b");
  bad["spec"]["restartPolicy"] = "Never";
  bad["spec"]["containers"][0]["resizePolicy"] = {
      {{"resourceName", "cpu"}, {"restartPolicy", "RestartContainer"}},
      {{"resourceName", "cpu"}, {"restartPolicy", "NotRequired"}},
      {{"resourceName", "disk"}, {"restartPolicy", "NotRequired"}},
      {{"resourceName", "memory"}, {"restartPolicy", "NotRequired"}}};
  bad["spec"]["initContainers"] = {{{"name", "i"}, {"image", "kubia"}}};
  bad["spec"]["initContainers"][0]["resizePolicy"] = {
      {{"resourceName", "cpu"}, {"restartPolicy", "NotRequired"}}};
  const std::string at = "spec.containers[0].resizePolicy";
  EXPECT_EQ(refusal(ask("POST", "pods", bad)),
            "422 Invalid: Pod \"b\" is invalid: [" + at +
                ": Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` "
                "is 'Never', " +
                at + "[1]: Duplicate value: \"cpu\", " + at +
                ": Unsupported value: \"disk\": supported values: \"cpu\", \"memory\", "
                "spec.initContainers[0].resizePolicy: Invalid value: "
                "[]core.ContainerResizePolicy{core.ContainerResizePolicy{ResourceName:\"cpu\", "
                "RestartPolicy:\"NotRequired\"}}: must not be set for init containers]");
}

}  // namespace
}  // namespace podrun::api
