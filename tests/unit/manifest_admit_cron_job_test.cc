// admit(): CronJob.
#include <gtest/gtest.h>

#include <string>

#include "manifest_admit.h"

namespace podrun::manifest {
namespace {

using Json = AdmitJson;

constexpr Kind kCronJob{"batch", "v1", "CronJob"};
constexpr Kind kOlder{"batch", "v1beta1", "CronJob"};
const Newcomer kNewcomer{"u-1", "abcde"};

std::string with(const std::string& fields, const std::string& job = "",
                 const std::string& meta = R"("name": "tick")") {
  return R"({"metadata": {)" + meta + R"(}, "spec": {)" + fields + R"("jobTemplate": {"spec": {)" +
         job +
         R"("template": {"spec": {"restartPolicy": "Never",
            "containers": [{"name": "c", "image": "busybox"}]}}}}}})";
}
std::string at(const std::string& schedule, const std::string& more = "") {
  return with(R"("schedule": ")" + schedule + R"(", )" + more);
}
std::string daily(const std::string& more) { return at("@daily", more); }
Texts errors(const std::string& text) { return errors_of(kCronJob, text); }

TEST(ManifestAdmitCronJob, Defaults) {
  const Json spec = admitted(kCronJob, at("*/1 * * * *"))["spec"];
  EXPECT_EQ(spec["concurrencyPolicy"], "Allow");
  EXPECT_EQ(spec["suspend"], false);
  EXPECT_EQ(spec["successfulJobsHistoryLimit"], 3);
  EXPECT_EQ(spec["failedJobsHistoryLimit"], 1);
  // The job's own defaults are filled in when it is made; the pod's are.
  const Json& job = spec["jobTemplate"]["spec"];
  EXPECT_EQ(job.size(), 1U) << job.dump(1);
  EXPECT_EQ(job["template"]["spec"]["dnsPolicy"], "ClusterFirst");
}

TEST(ManifestAdmitCronJob, OlderVersion) {
  const Json object = admitted(kOlder, at("0 3 * * *"), &kCronJob);
  EXPECT_EQ(object["apiVersion"], "batch/v1");
  EXPECT_EQ(object["spec"]["schedule"], "0 3 * * *");
}

TEST(ManifestAdmitCronJob, Schedule) {
  EXPECT_EQ(errors(with("")), Texts{"spec.schedule: Required value"});
  EXPECT_EQ(errors(at("61 * * * *")),
            Texts{"spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum "
                  "(59): 61"});
  EXPECT_EQ(errors(at("CRON_TZ=UTC 0 5 * * *")),
            Texts{"spec.schedule: Invalid value: \"CRON_TZ=UTC 0 5 * * *\": cannot use TZ or "
                  "CRON_TZ in schedule, use timeZone field instead"});
}

TEST(ManifestAdmitCronJob, AZoneInTheScheduleMayStayWhereItWas) {
  const std::string zoned = at("TZ=UTC 0 5 * * *");
  const Json old = Json::parse(zoned);
  EXPECT_EQ(error_texts(admit_update(kCronJob, zoned, old)), Texts{});
  EXPECT_EQ(
      error_texts(admit_update(kCronJob, at("TZ=UTC 0 5 * * *", R"("timeZone": "UTC", )"), old)),
      Texts{"spec.schedule: Invalid value: \"TZ=UTC 0 5 * * *\": cannot use both timeZone "
            "field and TZ or CRON_TZ in schedule"});
  EXPECT_EQ(error_texts(admit_update(kCronJob, zoned, Json::parse(at("0 5 * * *")))).size(), 1U);
}

TEST(ManifestAdmitCronJob, TimeZone) {
  const auto zone = [](const std::string& name) {
    return errors(daily(R"("timeZone": ")" + name + R"(", )"));
  };
  for (const char* name : {"Europe/Berlin", "UTC", "Etc/GMT+5", "America/Argentina/Ushuaia"}) {
    EXPECT_EQ(zone(name), Texts{}) << name;
  }
  EXPECT_EQ(zone(""),
            Texts{"spec.timeZone: Invalid value: \"\": timeZone must be nil or non-empty string"});
  for (const std::string name :
       {"Europe/Pariss", "../UTC", "/etc/passwd", "Europe//Berlin", "Europe", "zone.tab", "a b"}) {
    EXPECT_EQ(zone(name),
              Texts{"spec.timeZone: Invalid value: \"" + name + "\": unknown time zone " + name});
  }
  const std::string explicit_one =
      "spec.timeZone: Invalid value: \"Local\": timeZone must be an explicit time zone as defined "
      "in https://www.iana.org/time-zones";
  EXPECT_EQ(zone("Local"), Texts{explicit_one});
  EXPECT_EQ(zone("LOCAL").size(), 2U);
}

TEST(ManifestAdmitCronJob, Figures) {
  EXPECT_EQ(errors(daily(R"("concurrencyPolicy": "Never", )")),
            Texts{"spec.concurrencyPolicy: Unsupported value: \"Never\": supported values: "
                  "\"Allow\", \"Forbid\", \"Replace\""});
  for (const std::string field :
       {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
    EXPECT_EQ(errors(daily("\"" + field + "\": -1, ")),
              Texts{"spec." + field + ": Invalid value: -1: must be greater than or equal to 0"});
    EXPECT_EQ(errors(daily("\"" + field + "\": 0, ")), Texts{});
  }
}

TEST(ManifestAdmitCronJob, TheJob) {
  const auto job = [](const std::string& fields) {
    return errors(with(R"("schedule": "@daily", )", fields));
  };
  EXPECT_EQ(job(R"("backoffLimit": -1, )"),
            Texts{"spec.jobTemplate.spec.backoffLimit: Invalid value: -1: must be greater than or "
                  "equal to 0"});
  EXPECT_EQ(
      job(R"("selector": {"matchLabels": {"a": "b"}}, )"),
      Texts{"spec.jobTemplate.spec.selector: Invalid value: &LabelSelector{MatchLabels:map[string]"
            "string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}: `selector` will be "
            "auto-generated"});
  EXPECT_EQ(job(R"("manualSelector": true, )"),
            Texts{"spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported "
                  "values: \"nil\", \"false\""});
  EXPECT_EQ(errors(R"({"metadata": {"name": "tick"}, "spec": {"schedule": "@daily",
      "jobTemplate": {"spec": {"template": {"spec": {
      "containers": [{"name": "c", "image": "busybox"}]}}}}}})"),
            Texts{"spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid "
                  "values: \"OnFailure\", \"Never\""});
}

TEST(ManifestAdmitCronJob, Name) {
  const std::string fits(52, 'a'), long_one(53, 'a');
  const auto named = [](const std::string& meta) {
    return with(R"("schedule": "@daily", )", "", meta);
  };
  EXPECT_EQ(errors(named(R"("name": ")" + fits + "\"")), Texts{});
  const std::string refused = named(R"("name": ")" + long_one + "\"");
  EXPECT_EQ(errors(refused), Texts{"metadata.name: Invalid value: \"" + long_one +
                                   "\": must be no more than 52 characters"});
  EXPECT_EQ(error_texts(admit_update(kCronJob, refused, Json::parse(refused))), Texts{});
  const auto generated = [&](std::size_t letters) {
    const std::string prefix(letters, 'a');
    return error_texts(admit(kCronJob, named(R"("generateName": ")" + prefix + "\""), &kNewcomer));
  };
  EXPECT_EQ(generated(47), Texts{});
  EXPECT_EQ(generated(48).size(), 1U);
}

}  // namespace
}  // namespace podrun::manifest
