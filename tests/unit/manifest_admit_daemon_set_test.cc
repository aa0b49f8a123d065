// admit(): DaemonSet in its versions, and the tolerations that pods get.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"
#include "supervisor/manifest/default_tolerations.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kSet{"apps", "v1", "DaemonSet"};
constexpr Kind kOldSet{"extensions", "v1beta1", "DaemonSet"};
constexpr Kind kPod{"", "v1", "Pod"};

std::string with(const std::string& fields, const std::string& more = "") {
  return R"({"metadata": {"name": "agent"}, "spec": {)" + fields +
         R"("template": {"metadata": {"labels": {"app": "agent"}}, "spec": {)" + more +
         R"("containers": [{"name": "c", "image": "busybox"}]}}}})";
}

const std::string kSelector = R"("selector": {"matchLabels": {"app": "agent"}}, )";

TEST(ManifestAdmitDaemonSet, Defaults) {
  const Json object = admitted(kSet, with(kSelector));
  EXPECT_EQ(object["apiVersion"], "apps/v1");
  EXPECT_EQ(object["spec"]["revisionHistoryLimit"], 10);
  EXPECT_EQ(object["spec"]["updateStrategy"].dump(),
            R"({"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"})");
  EXPECT_EQ(object["metadata"]["annotations"]["deprecated.daemonset.template.generation"], "1");
  EXPECT_EQ(object["status"].dump(),
            R"({"currentNumberScheduled":0,"desiredNumberScheduled":0,"numberMisscheduled":0,)"
            R"("numberReady":0})");
}

TEST(ManifestAdmitDaemonSet, OlderVersions) {
  const Json object = admitted(kOldSet, with(R"("templateGeneration": 7, )"), &kSet);
  EXPECT_EQ(object["apiVersion"], "apps/v1");
  EXPECT_EQ(object["spec"]["updateStrategy"].dump(), R"({"type":"OnDelete"})");
  EXPECT_EQ(object["spec"]["selector"].dump(), R"({"matchLabels":{"app":"agent"}})");
  EXPECT_EQ(object["metadata"]["labels"].dump(), R"({"app":"agent"})");
  EXPECT_FALSE(object["spec"].contains("templateGeneration"));
  // Where the count begins is for the client to say, and nothing afterwards.
  constexpr const char* kGeneration = "deprecated.daemonset.template.generation";
  EXPECT_EQ(object["metadata"]["annotations"][kGeneration], "7");
  const Admission updated = admit_update(kOldSet, with(R"("templateGeneration": 9, )"), object);
  EXPECT_EQ(error_texts(updated), Texts{});
  EXPECT_EQ(updated.object["metadata"]["annotations"][kGeneration], "7");
  EXPECT_EQ(admitted(kOldSet, with(R"("templateGeneration": -1, )"),
                     &kSet)["metadata"]["annotations"][kGeneration],
            "1");
  const Json beta = admitted({"apps", "v1beta2", "DaemonSet"}, with(kSelector), &kSet);
  EXPECT_EQ(beta["spec"]["updateStrategy"]["type"], "RollingUpdate");
}

TEST(ManifestAdmitDaemonSet, CountsTemplates) {
  const Json first = admitted(kSet, with(kSelector));
  const auto generation = [&](const std::string& text) {
    const Admission updated = admit_update(kSet, text, first);
    EXPECT_EQ(error_texts(updated), Texts{});
    return updated.object["metadata"]["annotations"]["deprecated.daemonset.template.generation"]
        .get<std::string>();
  };
  EXPECT_EQ(generation(with(kSelector)), "1");
  EXPECT_EQ(generation(with(kSelector + R"("minReadySeconds": 5, )")), "1");
  EXPECT_EQ(generation(with(kSelector, R"("hostNetwork": true, )")), "2");
  const Admission moved =
      admit_update(kSet, with(R"("selector": {"matchLabels": {"app": "b"}}, )"), first);
  EXPECT_EQ(error_texts(moved).back(),
            "spec.selector: Invalid value: &LabelSelector{MatchLabels:map[string]string{app: b,},"
            "MatchExpressions:[]LabelSelectorRequirement{},}: field is immutable");
}

TEST(ManifestAdmitDaemonSet, Errors) {
  EXPECT_EQ(errors_of(kSet, with("")),
            (Texts{"spec.template.metadata.labels: Invalid value: "
                   "map[string]string{\"app\":\"agent\"}: `selector` does not match template "
                   "`labels`"}));
  EXPECT_EQ(errors_of(kSet, with(R"("selector": {}, )")),
            (Texts{"spec.selector: Invalid value: &LabelSelector{MatchLabels:map[string]string{},"
                   "MatchExpressions:[]LabelSelectorRequirement{},}: empty selector is invalid "
                   "for daemonset"}));
  EXPECT_EQ(errors_of(kSet, with(kSelector, R"("restartPolicy": "Never", )")),
            (Texts{"spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported "
                   "values: \"Always\""}));
  const auto rolling = [](const std::string& update) {
    return errors_of(kSet,
                     with(kSelector + R"("updateStrategy": {"rollingUpdate": )" + update + "}, "));
  };
  const std::string at = "spec.updateStrategy.rollingUpdate.";
  EXPECT_EQ(rolling(R"({"maxSurge": 1})"),
            (Texts{at + "maxSurge: Invalid value: 1: may not be set when maxUnavailable is "
                        "non-zero"}));
  EXPECT_EQ(rolling(R"({"maxUnavailable": 0})"),
            (Texts{at + "maxUnavailable: Required value: cannot be 0 when maxSurge is 0"}));
  EXPECT_EQ(rolling(R"({"maxUnavailable": "120%"})"),
            (Texts{at + "maxUnavailable: Invalid value: 120%: must not be greater than 100%"}));
  EXPECT_EQ(rolling(R"({"maxUnavailable": -1})"),
            (Texts{at + "maxUnavailable: Invalid value: -1: must be greater than or equal to 0"}));
  EXPECT_EQ(errors_of(kSet, with(kSelector + R"("updateStrategy": {"type": "Sometimes"}, )")),
            (Texts{"spec.updateStrategy: Unsupported value: apps.DaemonSetUpdateStrategy{"
                   "Type:\"Sometimes\", RollingUpdate:(*apps.RollingUpdateDaemonSet)(nil)}: "
                   "supported values: \"RollingUpdate\", \"OnDelete\""}));
  EXPECT_EQ(
      errors_of(kSet, with(kSelector + R"("minReadySeconds": -1, "revisionHistoryLimit": -2, )")),
      (Texts{"spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
             "spec.revisionHistoryLimit: Invalid value: -2: must be greater than or equal "
             "to 0"}));
}

TEST(ManifestAdmitPod, TolerationSecondsAreASetting) {
  const std::string pod =
      R"({"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": "busybox"}]}})";
  const auto seconds = [&] {
    return admitted(kPod, pod)["spec"]["tolerations"][1]["tolerationSeconds"].get<int>();
  };
  EXPECT_EQ(seconds(), 300);
  default_tolerations().unreachable = Seconds(5);
  EXPECT_EQ(seconds(), 5);
  default_tolerations() = {};
}

}  // namespace
}  // namespace podrun::manifest
