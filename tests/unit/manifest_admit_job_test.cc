// admit(): Job.
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "manifest_admit.h"
#include "supervisor/manifest/index_set.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kJob{"batch", "v1", "Job"};
const Newcomer kNewcomer{"u-1", "abcde"};

std::string with(const std::string& fields, const std::string& policy = "Never",
                 const std::string& meta = R"("name": "pi")", const std::string& labels = "") {
  return R"({"metadata": {)" + meta + R"(}, "spec": {)" + fields +
         R"("template": {"metadata": {"labels": {)" + labels +
         R"(}}, "spec": {"restartPolicy": ")" + policy +
         R"(", "containers": [{"name": "c", "image": "busybox"}]}}}})";
}

Texts errors(const std::string& text) {
  const Admission admission = admit(kJob, text, &kNewcomer);
  EXPECT_EQ(admission.malformed, "") << text;
  return error_texts(admission);
}

Json made(const std::string& text) {
  const Admission first = admit(kJob, text, &kNewcomer);
  EXPECT_EQ(error_texts(first), Texts{}) << text;
  return admitted(kJob, first.object.dump());
}

TEST(ManifestAdmitJob, Defaults) {
  const Json job = made(with(""));
  const Json& spec = job["spec"];
  EXPECT_EQ(spec["completions"], 1);
  EXPECT_EQ(spec["parallelism"], 1);
  EXPECT_EQ(spec["backoffLimit"], 6);
  EXPECT_EQ(spec["completionMode"], "NonIndexed");
  EXPECT_EQ(spec["suspend"], false);
  EXPECT_EQ(spec["manualSelector"], false);
  EXPECT_EQ(spec["podReplacementPolicy"], "TerminatingOrFailed");
  EXPECT_FALSE(made(with(R"("parallelism": 3, )"))["spec"].contains("completions"));
  EXPECT_EQ(made(with(R"("completionMode": "Indexed", "completions": 2,
                         "backoffLimitPerIndex": 1, )"))["spec"]["backoffLimit"],
            2147483647);
  const Json policy = made(with(R"("podFailurePolicy": {"rules": [{"action": "Ignore",
      "onPodConditions": [{"type": "DisruptionTarget"}]}]}, )"))["spec"];
  EXPECT_EQ(policy["podReplacementPolicy"], "Failed");
  EXPECT_EQ(policy["podFailurePolicy"]["rules"][0]["onPodConditions"][0]["status"], "True");
}

TEST(ManifestAdmitJob, GeneratesItsSelector) {
  const Json job = made(with("", "Never", R"("generateName": "pi-")"));
  EXPECT_EQ(job["metadata"]["name"], "pi-abcde");
  EXPECT_EQ(job["spec"]["selector"].dump(),
            R"({"matchLabels":{"batch.kubernetes.io/controller-uid":"u-1"}})");
  const Json labels = {{"batch.kubernetes.io/controller-uid", "u-1"},
                       {"batch.kubernetes.io/job-name", "pi-abcde"},
                       {"controller-uid", "u-1"},
                       {"job-name", "pi-abcde"}};
  EXPECT_EQ(job["spec"]["template"]["metadata"]["labels"], labels);
  EXPECT_EQ(job["metadata"]["labels"], labels);
}

TEST(ManifestAdmitJob, RefusesForeignLabels) {
  EXPECT_EQ(errors(with("", "Never", R"("name": "pi")", R"("job-name": "e")")),
            (Texts{"spec.template.metadata.labels[job-name]: Invalid value: "
                   R"(map[string]string{"batch.kubernetes.io/controller-uid":"u-1", )"
                   R"("batch.kubernetes.io/job-name":"pi", "controller-uid":"u-1", )"
                   R"("job-name":"e"}: must be 'pi')"}));
  EXPECT_EQ(errors(with(R"("selector": {"matchLabels": {"app": "a"}}, )")),
            (Texts{"spec.selector: Invalid value: &LabelSelector{MatchLabels:map[string]string{"
                   "app: a,batch.kubernetes.io/controller-uid: u-1,},MatchExpressions:"
                   "[]LabelSelectorRequirement{},}: `selector` not auto-generated",
                   "spec.template.metadata.labels: Invalid value: map[string]string{"
                   R"("batch.kubernetes.io/controller-uid":"u-1", )"
                   R"("batch.kubernetes.io/job-name":"pi", "controller-uid":"u-1", )"
                   R"("job-name":"pi"}: `selector` does not match template `labels`)"}));
  EXPECT_EQ(errors(with(R"("manualSelector": true, )")),
            (Texts{"spec.selector: Required value",
                   "spec.template.metadata.labels: Invalid value: map[string]string(nil): "
                   "`selector` does not match template `labels`"}));
  EXPECT_EQ(errors(with(R"("manualSelector": true, "selector": {"matchLabels": {"app": "a"}}, )",
                        "Never", R"("name": "pi")", R"("app": "a")")),
            Texts{});
}

TEST(ManifestAdmitJob, Spec) {
  EXPECT_EQ(
      errors(with(R"("parallelism": -1, "completions": -2, "backoffLimit": -3,
                           "ttlSecondsAfterFinished": -4, "activeDeadlineSeconds": -5, )",
                  "Always")),
      (Texts{
          "spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
          "spec.completions: Invalid value: -2: must be greater than or equal to 0",
          "spec.activeDeadlineSeconds: Invalid value: -5: must be greater than or equal to 0",
          "spec.backoffLimit: Invalid value: -3: must be greater than or equal to 0",
          "spec.ttlSecondsAfterFinished: Invalid value: -4: must be greater than or equal to 0",
          R"(spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never")"}));
  EXPECT_EQ(
      errors(with(R"("completionMode": "Sorted", "managedBy": "me", )")),
      (Texts{
          R"(spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo"))",
          R"(spec.completionMode: Unsupported value: "Sorted": supported values: "NonIndexed", "Indexed")"}));
}

TEST(ManifestAdmitJob, Indexed) {
  EXPECT_EQ(errors(with(R"("completionMode": "Indexed", "parallelism": 100001, )")),
            (Texts{"spec.completions: Required value: when completion mode is Indexed",
                   "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 "
                   "when completion mode is Indexed"}));
  EXPECT_EQ(errors(with(R"("maxFailedIndexes": 2, )")),
            (Texts{"spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
                   "spec.maxFailedIndexes: Invalid value: 2: requires indexed completion mode"}));
  const std::string name(62, 'a');
  EXPECT_EQ(errors(with(R"("completionMode": "Indexed", "completions": 2, )", "Never",
                        R"("name": ")" + name + "\"")),
            (Texts{"metadata.name: Invalid value: \"" + name +
                   "\": will not able to create pod with invalid DNS label: " + name + "-1"}));
}

TEST(ManifestAdmitJob, FailurePolicy) {
  const auto rule = [](const std::string& text) {
    return R"("podFailurePolicy": {"rules": [)" + text + "]}, ";
  };
  const std::string at = "spec.podFailurePolicy.rules[0]";
  EXPECT_EQ(
      errors(with(rule(R"({"action": "FailIndex", "onExitCodes": {"operator": "In",
                                 "containerName": "x", "values": [3, 0, 3]}})"),
                  "OnFailure")),
      (Texts{
          at +
              R"(.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set)",
          at +
              R"(.onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template)",
          at + ".onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
          at + ".onExitCodes.values[2]: Duplicate value: 3",
          at + ".onExitCodes.values: Invalid value: [3,0,3]: must be ordered",
          R"(spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified)"}));
  EXPECT_EQ(
      errors(with(rule(R"({"action": "Ignore"})") +
                  R"("podReplacementPolicy": "TerminatingOrFailed", )")),
      (Texts{
          at + ": Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
          R"(spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed")"}));
}

TEST(ManifestAdmitJob, SuccessPolicy) {
  const auto rule = [](const std::string& text) {
    return R"("completionMode": "Indexed", "completions": 5, "successPolicy": {"rules": [)" + text +
           "]}, ";
  };
  EXPECT_EQ(errors(with(rule(R"({"succeededIndexes": "0-2,4", "succeededCount": 2})"))), Texts{});
  EXPECT_EQ(errors(with(rule(""))),
            (Texts{"spec.successPolicy.rules: Required value: at least one rules must be specified "
                   "when the successPolicy is specified"}));
  EXPECT_EQ(errors(with(rule("{}"))),
            (Texts{"spec.successPolicy.rules[0]: Required value: at least one of succeededCount or "
                   "succeededIndexes must be specified"}));
  EXPECT_EQ(
      errors(with(rule(R"({"succeededIndexes": "3-1", "succeededCount": 9})"))),
      (Texts{
          R"(spec.successPolicy.rules[0].succeededIndexes: Invalid value: "3-1": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1)",
          "spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or "
          "equal to 5 (the number of specified completions)",
          "spec.successPolicy.rules[0].succeededCount: Invalid value: 9: must be less than or "
          "equal to 0 (the number of indexes in the specified succeededIndexes field)"}));
}

TEST(ManifestAdmitJob, Immutable) {
  const Json old = made(with(R"("completions": 3, )"));
  Json changed = old;
  changed["spec"]["parallelism"] = 5;
  changed["spec"]["suspend"] = true;
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)), Texts{});
  changed["spec"]["completions"] = 4;
  changed["spec"]["template"]["spec"]["nodeSelector"] = {{"disk", "ssd"}};
  const Texts texts = error_texts(admit_update(kJob, changed.dump(), old));
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0], "spec.completions: Invalid value: 4: field is immutable");
  EXPECT_EQ(texts[1].rfind("spec.template: Invalid value: {", 0), 0U) << texts[1];
  EXPECT_NE(texts[1].find("}: field is immutable"), std::string::npos);
}

TEST(ManifestAdmitJob, AChangeIsHeldToWhatANewOneIs) {
  const std::string name(61, 'a');
  Json old = made(with(R"("suspend": true, "completionMode": "Indexed", "completions": 9, )",
                       "Never", R"("name": ")" + name + "\""));
  Json changed = old;
  changed["spec"]["completions"] = 11;
  changed["spec"]["parallelism"] = 11;
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)),
            (Texts{"metadata.name: Invalid value: \"" + name +
                   "\": will not able to create pod with invalid DNS label: " + name + "-10"}));
  changed = old;
  changed["spec"]["template"]["metadata"]["labels"].erase("job-name");
  EXPECT_EQ(
      error_texts(admit_update(kJob, changed.dump(), old)),
      (Texts{"spec.template.metadata.labels[job-name]: Required value: must be '" + name + "'"}));
}

TEST(ManifestAdmitJob, OneOfBeforeThereWerePrefixesLivesOn) {
  Json old = made(with(""));
  old["spec"]["template"]["metadata"]["labels"].erase("batch.kubernetes.io/job-name");
  Json changed = old;
  changed["spec"]["parallelism"] = 2;
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)), Texts{});
}

TEST(ManifestAdmitJob, Manager) {
  const auto managed_by = [](const std::string& name) {
    return errors(with(R"("managedBy": ")" + name + R"(", )"));
  };
  EXPECT_EQ(managed_by("acme.io/jobs"), Texts{});
  for (const char* name : {"acme.io", "/jobs", "acme.io/"}) {
    EXPECT_EQ(managed_by(name),
              (Texts{std::string("spec.managedBy: Invalid value: \"") + name +
                     "\": must be a domain-prefixed path (such as \"acme.io/foo\")"}));
  }
  const Texts host = managed_by("Acme/jobs");
  ASSERT_EQ(host.size(), 1U);
  EXPECT_EQ(host[0].rfind("spec.managedBy: Invalid value: \"Acme\": a lowercase RFC 1123", 0), 0U)
      << host[0];
  EXPECT_EQ(
      managed_by("acme.io/a b"),
      (Texts{"spec.managedBy: Invalid value: \"a b\": Invalid path (regex used for validation "
             "is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"}));
}

TEST(ManifestAdmitJob, WhatASuspendedOneMayChange) {
  Json old = made(with(R"("suspend": true, "completionMode": "Indexed", "completions": 3, )"));
  Json changed = old;
  changed["spec"]["template"]["spec"]["nodeSelector"] = {{"disk", "ssd"}};
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)), Texts{});
  old["status"]["startTime"] = "2026-11-23T10:00:00Z";
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)).size(), 1U);
  changed = old;
  changed["spec"]["completions"] = 2;
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)),
            (Texts{"spec.completions: Invalid value: 2: can only be modified in tandem with "
                   "spec.parallelism"}));
  changed["spec"]["parallelism"] = 2;
  EXPECT_EQ(error_texts(admit_update(kJob, changed.dump(), old)), Texts{});
}

TEST(ManifestIndexSet, ReadsAndWrites) {
  EXPECT_EQ(format_indexes(parse_indexes("0,2-4,6,7", 8)), "0,2-4,6,7");
  EXPECT_EQ(format_indexes({}), "");
  EXPECT_EQ(format_indexes({1, 2, 3, 9}), "1-3,9");
  for (const char* bad : {"a", "1-", "-1", "1,1", "2,1", "8", "1-2-3", "1,,2"}) {
    EXPECT_THROW(parse_indexes(bad, 8), BadInput) << bad;
  }
}

}  // namespace
}  // namespace podrun::manifest
