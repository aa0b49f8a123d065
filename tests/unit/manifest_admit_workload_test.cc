// admit(): ReplicationController, ReplicaSet and Deployment in their versions.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kController{"", "v1", "ReplicationController"};
constexpr Kind kSet{"apps", "v1", "ReplicaSet"};
constexpr Kind kOldSet{"extensions", "v1beta1", "ReplicaSet"};
constexpr Kind kDeployment{"apps", "v1", "Deployment"};

const std::string kPodSpec =
    R"("spec": {"containers": [{"name": "kubia", "image": "luksa/kubia"}])";

/// {"metadata": …, "spec": {<fields> "template": …}}, its pods labelled app=kubia.
std::string with(const std::string& fields, const std::string& labels = R"({"app": "kubia"})") {
  return R"({"metadata": {"name": "kubia"}, "spec": {)" + fields +
         R"("template": {"metadata": {"labels": )" + labels + "}, " + kPodSpec + "}}}}";
}

const std::string kSelector = R"("selector": {"matchLabels": {"app": "kubia"}}, )";
const std::string kMismatch =
    "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"kubia\"}: "
    "`selector` does not match template `labels`";

TEST(ManifestAdmitWorkload, AControllerTakesSelectorAndLabelsFromItsTemplate) {
  const Json object = admitted(kController, with(""));
  EXPECT_EQ(object["metadata"].dump(), R"({"labels":{"app":"kubia"},"name":"kubia"})");
  EXPECT_EQ(object["spec"]["selector"].dump(), R"({"app":"kubia"})");
  EXPECT_EQ(object["spec"]["replicas"], 1);
  EXPECT_EQ(object["status"].dump(), R"({"replicas":0})");
  const Json& pod = object["spec"]["template"]["spec"];
  EXPECT_EQ(pod["restartPolicy"], "Always");
  // What admission adds to pods, templates do not have.
  EXPECT_FALSE(pod.contains("tolerations"));
  EXPECT_FALSE(pod.contains("serviceAccountName"));
  EXPECT_EQ(admitted(kController, with(R"("replicas": 0, )"))["spec"]["replicas"], 0);
}

TEST(ManifestAdmitWorkload, ControllerErrors) {
  EXPECT_EQ(errors_of(kController, with(R"("selector": {"app": "foo"}, )")), (Texts{kMismatch}));
  EXPECT_EQ(
      errors_of(kController, with(R"("selector": {"app": "foo"}, )", R"({"b": "2", "a": "1"})")),
      (Texts{"spec.template.metadata.labels: Invalid value: "
             "map[string]string{\"a\":\"1\", \"b\":\"2\"}: `selector` does not match template "
             "`labels`"}));
  EXPECT_EQ(errors_of(kController, with(R"("selector": {"app": "foo"}, )", "{}")),
            (Texts{"spec.template.metadata.labels: Invalid value: map[string]string(nil): "
                   "`selector` does not match template `labels`"}));
  EXPECT_EQ(errors_of(kController, R"({"metadata": {"name": "a"}})"),
            (Texts{"spec.selector: Required value", "spec.template: Required value"}));
  EXPECT_EQ(errors_of(kController, R"({"metadata": {"name": "a"}, "spec": {"replicas": -1,
              "minReadySeconds": -2, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
              "restartPolicy": "Never", "activeDeadlineSeconds": 5,
              "containers": [{"name": "a", "image": "b"}]}}}})"),
            (Texts{"spec.minReadySeconds: Invalid value: -2: must be greater than or equal to 0",
                   "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
                   "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported "
                   "values: \"Always\"",
                   "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in "
                   "ReplicationController is not Supported"}));
  EXPECT_EQ(
      admit(kController, R"({"spec": {"replicas": "3"}})").malformed,
      R"(ReplicationController in version "v1" cannot be handled as a ReplicationController: )"
      "json: cannot unmarshal string into Go struct field "
      "ReplicationControllerSpec.spec.replicas of type int32");
}

TEST(ManifestAdmitWorkload, AControllersSelectorMayChange) {
  const Json old = admitted(kController, with(""));
  const Admission changed =
      admit_update(kController, with(R"("selector": {"app": "foo"}, )", R"({"app": "foo"})"), old);
  EXPECT_EQ(error_texts(changed), Texts{});
  EXPECT_EQ(changed.object["spec"]["selector"].dump(), R"({"app":"foo"})");
}

TEST(ManifestAdmitWorkload, SetsOfAllVersions) {
  const Json object = admitted(kSet, with(kSelector));
  EXPECT_EQ(object["apiVersion"], "apps/v1");
  EXPECT_EQ(object["metadata"].dump(), R"({"name":"kubia"})");
  EXPECT_EQ(object["spec"]["replicas"], 1);
  EXPECT_EQ(object["status"].dump(), R"({"replicas":0})");
  const Kind beta{"apps", "v1beta2", "ReplicaSet"};
  EXPECT_EQ(admitted(beta, with(kSelector), &kSet), object);
  const Json old = admitted(kOldSet, with(""), &kSet);
  EXPECT_EQ(old["apiVersion"], "apps/v1");
  EXPECT_EQ(old["metadata"]["labels"].dump(), R"({"app":"kubia"})");
  EXPECT_EQ(old["spec"]["selector"].dump(), R"({"matchLabels":{"app":"kubia"}})");
  EXPECT_EQ(convert(old, kOldSet)["apiVersion"], "extensions/v1beta1");
  // Of the others, a selector is asked for.
  const Texts missing = {"spec.selector: Required value", kMismatch};
  EXPECT_EQ(errors_of(kSet, with("")), missing);
  EXPECT_EQ(errors_of(beta, with("")), missing);
}

TEST(ManifestAdmitWorkload, SelectorErrors) {
  const auto errors = [](const std::string& requirement) {
    return errors_of(kSet, with(R"("selector": {"matchExpressions": [)" + requirement + "]}, "));
  };
  const std::string at = "spec.selector.matchExpressions[0].";
  EXPECT_EQ(errors(R"({"key": "app", "operator": "In"})")[0],
            at + "values: Required value: must be specified when `operator` is 'In' or 'NotIn'");
  EXPECT_EQ(errors(R"({"key": "app", "operator": "Exists", "values": ["a"]})"),
            (Texts{at + "values: Forbidden: may not be specified when `operator` is 'Exists' or "
                        "'DoesNotExist'",
                   "spec.selector: Invalid value: "
                   "&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]"
                   "LabelSelectorRequirement{LabelSelectorRequirement{Key:app,Operator:Exists,"
                   "Values:[a],},},}: invalid label selector"}));
  EXPECT_EQ(errors(R"({"key": "app", "operator": "Is", "values": ["a"]})")[0],
            at + R"(operator: Invalid value: "Is": not a valid selector operator)");
  EXPECT_TRUE(errors(R"({"key": "-", "operator": "Exists"})")[0].starts_with(
      at + R"(key: Invalid value: "-": name part must consist of)"));
  EXPECT_TRUE(errors(R"({"key": "a", "operator": "In", "values": ["x", "-"]})")[0].starts_with(
      at + R"(values[1]: Invalid value: "-": a valid label must be)"));
  EXPECT_EQ(errors_of(kSet, with(R"("selector": {}, )")),
            (Texts{"spec.selector: Invalid value: "
                   "&LabelSelector{MatchLabels:map[string]string{},MatchExpressions:[]"
                   "LabelSelectorRequirement{},}: empty selector is invalid for deployment"}));
  EXPECT_EQ(errors_of(kSet, with(R"("selector": {"matchLabels": {"app": "foo"}}, )")),
            (Texts{kMismatch}));
}

TEST(ManifestAdmitWorkload, ASetsSelectorMayNotChange) {
  const std::string changed =
      with(R"("selector": {"matchLabels": {"app": "foo"}}, )", R"({"app": "foo"})");
  const Texts immutable = {
      "spec.selector: Invalid value: &LabelSelector{MatchLabels:map[string]string{app: "
      "foo,},MatchExpressions:[]LabelSelectorRequirement{},}: field is immutable"};
  for (const Kind& kind : {kSet, kDeployment}) {
    const Json old = admitted(kind, with(kSelector));
    EXPECT_EQ(error_texts(admit_update(kind, changed, old)), immutable);
    EXPECT_EQ(error_texts(admit_update(kind, with(kSelector + R"("replicas": 5, )"), old)),
              Texts{});
  }
  EXPECT_EQ(error_texts(admit_update(kOldSet, changed, admitted(kSet, with(kSelector)))), Texts{});
}

TEST(ManifestAdmitWorkload, DeploymentsOfAllVersions) {
  const struct {
    Kind kind;
    std::string fields, strategy;
    int history, deadline;
  } rows[] = {
      {kDeployment, kSelector, R"("25%")", 10, 600},
      {{"apps", "v1beta2", "Deployment"}, kSelector, R"("25%")", 10, 600},
      {{"apps", "v1beta1", "Deployment"}, "", R"("25%")", 2, 600},
      {{"extensions", "v1beta1", "Deployment"}, "", "1", 2147483647, 2147483647},
  };
  for (const auto& row : rows) {
    const Json object = admitted(row.kind, with(row.fields), &kDeployment);
    EXPECT_EQ(object["apiVersion"], "apps/v1");
    const Json& spec = object["spec"];
    EXPECT_EQ(spec["replicas"], 1);
    EXPECT_EQ(spec["revisionHistoryLimit"], row.history);
    EXPECT_EQ(spec["progressDeadlineSeconds"], row.deadline);
    EXPECT_EQ(spec["selector"].dump(), R"({"matchLabels":{"app":"kubia"}})");
    EXPECT_EQ(spec["strategy"].dump(), R"({"rollingUpdate":{"maxSurge":)" + row.strategy +
                                           R"(,"maxUnavailable":)" + row.strategy +
                                           R"(},"type":"RollingUpdate"})");
    EXPECT_EQ(object["metadata"].contains("labels"), row.fields.empty());
    EXPECT_EQ(object["status"].dump(), "{}");
  }
  EXPECT_EQ(admitted(kDeployment,
                     with(kSelector + R"("strategy": {"type": "Recreate"}, )"))["spec"]["strategy"]
                .dump(),
            R"({"type":"Recreate"})");
  const Json rollback = admitted({"extensions", "v1beta1", "Deployment"},
                                 with(R"("rollbackTo": {"revision": 3}, )"), &kDeployment);
  EXPECT_EQ(rollback["metadata"]["annotations"]["deprecated.deployment.rollback.revision"], "3");
  EXPECT_FALSE(rollback["spec"].contains("rollbackTo"));
}

TEST(ManifestAdmitWorkload, DeploymentErrors) {
  const std::string at = "spec.strategy.";
  const std::string percent =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or "
      "'93%', regex used for validation is '[0-9]+%')";
  const struct {
    std::string fields, error;
  } rows[] = {
      {R"("strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}, )",
       at + "rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"},
      {R"("strategy": {"type": "X"}, )",
       at + R"(type: Unsupported value: "X": supported values: "Recreate", "RollingUpdate")"},
      {R"("strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}, )",
       at + "rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"},
      {R"("strategy": {"rollingUpdate": {"maxSurge": "0%", "maxUnavailable": "0%"}}, )",
       at + "rollingUpdate.maxUnavailable: Invalid value: 0%: may not be 0 when `maxSurge` is 0"},
      {R"("strategy": {"rollingUpdate": {"maxUnavailable": "101%"}}, )",
       at + "rollingUpdate.maxUnavailable: Invalid value: 101%: must not be greater than 100%"},
      {R"("strategy": {"rollingUpdate": {"maxUnavailable": "x"}}, )",
       at + "rollingUpdate.maxUnavailable: Invalid value: x: " + percent},
      {R"("strategy": {"rollingUpdate": {"maxSurge": "-1%"}}, )",
       at + "rollingUpdate.maxSurge: Invalid value: -1%: " + percent},
      {R"("strategy": {"rollingUpdate": {"maxSurge": -1}}, )",
       at + "rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0"},
      {R"("revisionHistoryLimit": -1, )",
       "spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"},
      {R"("minReadySeconds": 600, )",
       "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(errors_of(kDeployment, with(kSelector + row.fields)), (Texts{row.error}));
  }
}

}  // namespace
}  // namespace podrun::manifest
