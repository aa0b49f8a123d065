// admit(): affinity of pods.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kPod{"", "v1", "Pod"};
constexpr Kind kDeployment{"apps", "v1", "Deployment"};

std::string spec(const std::string& affinity) {
  return R"({"affinity": )" + affinity + R"(, "containers": [{"name": "c", "image": "busybox"}]})";
}

std::string pod(const std::string& affinity) {
  return R"({"metadata": {"name": "a", "labels": {"app": "web", "hash": "7"}}, "spec": )" +
         spec(affinity) + "}";
}

std::string required(const std::string& kind, const std::string& term) {
  return R"({")" + kind + R"(": {"requiredDuringSchedulingIgnoredDuringExecution": [)" + term +
         "]}}";
}

TEST(ManifestAdmitAffinity, Errors) {
  const auto node_terms = [&](const std::string& terms) {
    return errors_of(kPod,
                     pod(R"({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
        {"nodeSelectorTerms": )" +
                         terms + "}}}"));
  };
  const std::string at =
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
  EXPECT_EQ(node_terms("[]"),
            (Texts{at + ": Required value: must have at least one node selector term"}));
  EXPECT_EQ(node_terms(R"([{"matchExpressions": [{"key": "disk", "operator": "In"}]}])"),
            (Texts{at + "[0].matchExpressions[0].values: Required value: must be specified when "
                        "`operator` is 'In' or 'NotIn'"}));
  EXPECT_EQ(node_terms(R"([{"matchExpressions": [{"key": "disk", "operator": "Has"}]}])"),
            (Texts{at + "[0].matchExpressions[0].operator: Invalid value: \"Has\": not a valid "
                        "selector operator"}));
  EXPECT_EQ(
      node_terms(R"([{"matchExpressions": [{"key": "disk", "operator": "Gt", "values": []}]}])"),
      (Texts{at + "[0].matchExpressions[0].values: Required value: must be specified single "
                  "value when `operator` is 'Lt' or 'Gt'"}));
  EXPECT_EQ(
      node_terms(R"([{"matchFields": [{"key": "name", "operator": "In", "values": ["a"]}]}])"),
      (Texts{at + "[0].matchFields[0].key: Invalid value: \"name\": not a valid field "
                  "selector key"}));
  EXPECT_EQ(node_terms(R"([{"matchExpressions": [{"key": "disk", "operator": "Exists"}]}])"),
            (Texts{}));
  EXPECT_EQ(errors_of(kPod, pod(R"({"podAntiAffinity": {
      "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 101, "podAffinityTerm":
          {"labelSelector": {"matchLabels": {"a": "b"}}, "topologyKey": "zone"}}]}})")),
            (Texts{"spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution"
                   "[0].weight: Invalid value: 101: must be in the range 1-100"}));
}

TEST(ManifestAdmitAffinity, KeepsEveryFieldOfItsType) {
  const std::string affinity =
      R"({"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"preference":)"
      R"({"matchExpressions":[{"key":"disk","operator":"In","values":["ssd"]}]},"weight":1}],)"
      R"("requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":)"
      R"([{"key":"metadata.name","operator":"In","values":["n1"]}]}]}},)"
      R"("podAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"podAffinityTerm":)"
      R"({"labelSelector":{"matchLabels":{"a":"b"}},"topologyKey":"zone"},"weight":100}]},)"
      R"("podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":)"
      R"({"matchExpressions":[{"key":"a","operator":"Exists"}]},"namespaceSelector":{},)"
      R"("namespaces":["other"],"topologyKey":"zone"}]}})";
  EXPECT_EQ(admitted(kPod, pod(affinity))["spec"]["affinity"].dump(), affinity);
}

TEST(ManifestAdmitAffinity, NamesUnknownFields) {
  const auto unknown = [](const std::string& affinity) {
    return admit(kPod, pod(affinity)).strict;
  };
  EXPECT_EQ(unknown(R"({"nodeAffinty": {}})"),
            Texts{R"(unknown field "spec.affinity.nodeAffinty")"});
  EXPECT_EQ(
      unknown(required("podAffinity", R"({"topologyKey": "zone", "selector": {}})")),
      Texts{
          R"(unknown field "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].selector")"});
  const std::string text = R"({"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels":
      {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": )" +
                           spec(R"({"podAntiaffinity": {}})") + "}}}";
  EXPECT_EQ(admit(kDeployment, text).strict,
            Texts{R"(unknown field "spec.template.spec.affinity.podAntiaffinity")"});
}

TEST(ManifestAdmitAffinity, RefusesWrongTypes) {
  const auto malformed = [](const std::string& affinity) {
    return admit(kPod, pod(affinity)).malformed;
  };
  const std::string start =
      R"(Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal )";
  const std::string at = ".requiredDuringSchedulingIgnoredDuringExecution";
  EXPECT_EQ(malformed(required("nodeAffinity", "{}")),
            start + "array into Go struct field NodeAffinity.spec.affinity.nodeAffinity" + at +
                " of type v1.NodeSelector");
  EXPECT_EQ(malformed(R"({"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}})"),
            start + "object into Go struct field PodAffinity.spec.affinity.podAffinity" + at +
                " of type []v1.PodAffinityTerm");
  EXPECT_EQ(malformed(R"({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
                {"nodeSelectorTerms": [{"matchExpressions":
                [{"key": "n", "operator": "In", "values": [1]}]}]}}})"),
            start +
                "number into Go struct field NodeSelectorRequirement.spec.affinity.nodeAffinity" +
                at + ".nodeSelectorTerms.matchExpressions.values of type string");
  EXPECT_EQ(malformed(R"({"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution":
                [{"weight": 1.5, "preference": {}}]}})"),
            start +
                "number 1.5 into Go struct field PreferredSchedulingTerm.spec.affinity.nodeAffinity"
                ".preferredDuringSchedulingIgnoredDuringExecution.weight of type int32");
}

TEST(ManifestAdmitAffinity, LabelKeysBecomeRequirements) {
  const std::string term = R"({"labelSelector": {"matchLabels": {"app": "web"}},
      "matchLabelKeys": ["hash", "none"], "mismatchLabelKeys": ["app"], "topologyKey": "zone"})";
  const std::string merged =
      R"({"labelSelector":{"matchExpressions":[{"key":"hash","operator":"In","values":["7"]},)"
      R"({"key":"app","operator":"NotIn","values":["web"]}],"matchLabels":{"app":"web"}},)"
      R"("matchLabelKeys":["hash","none"],"mismatchLabelKeys":["app"],"topologyKey":"zone"})";
  const Newcomer newcomer{"u-1", "abcde"};
  const Admission made = admit(kPod, pod(required("podAntiAffinity", term)), &newcomer);
  EXPECT_EQ(error_texts(made), Texts{});
  const Json& affinity = made.object["spec"]["affinity"];
  EXPECT_EQ(affinity["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0].dump(),
            merged);
  // Once: an update finds them there, and so does a new status.
  const Admission updated = admit_update(kPod, made.object.dump(), made.object);
  EXPECT_EQ(error_texts(updated), Texts{});
  EXPECT_EQ(updated.object["spec"]["affinity"].dump(), affinity.dump());
  const Admission status = admit(kPod, made.object.dump());
  EXPECT_EQ(error_texts(status), Texts{});
  EXPECT_EQ(status.object["spec"]["affinity"].dump(), affinity.dump());
  const Admission preferred =
      admit(kPod,
            pod(R"({"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution":
                          [{"weight": 1, "podAffinityTerm": )" +
                term + "}]}}"),
            &newcomer);
  EXPECT_EQ(preferred
                .object["spec"]["affinity"]["podAffinity"]
                       ["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"]
                .dump(),
            merged);
}

TEST(ManifestAdmitAffinity, LabelKeysAreValidated) {
  const auto errors = [](const std::string& fields) {
    const Newcomer newcomer{"u-1", "abcde"};
    return error_texts(
        admit(kPod, pod(required("podAffinity", R"({"topologyKey": "zone", )" + fields + "}")),
              &newcomer));
  };
  const std::string at = "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution";
  EXPECT_EQ(errors(R"("matchLabelKeys": ["hash"])"),
            Texts{at + "[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is "
                       "not set"});
  EXPECT_EQ(
      errors(R"("labelSelector": {"matchLabels": {"hash": "8"}}, "matchLabelKeys": ["hash"])"),
      Texts{at + R"([0][0]: Invalid value: "hash": exists in both matchLabelKeys and )" +
            "labelSelector"});
  EXPECT_EQ(errors(R"("labelSelector": {}, "matchLabelKeys": ["x"], "mismatchLabelKeys": ["x"])"),
            Texts{at + R"([0].matchLabelKeys[0]: Invalid value: "x": exists in both )" +
                  "matchLabelKeys and mismatchLabelKeys"});
  const Texts name = errors(R"("labelSelector": {}, "mismatchLabelKeys": ["-"])");
  ASSERT_EQ(name.size(), 1U);
  EXPECT_TRUE(name[0].starts_with(at + R"([0].mismatchLabelKeys[0]: Invalid value: "-": )"))
      << name[0];
}

}  // namespace
}  // namespace podrun::manifest
