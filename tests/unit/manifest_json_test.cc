// Typed pods from and to JSON, and their QoS class.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/manifest/json.h"

namespace podrun::manifest {
namespace {

using Json = nlohmann::ordered_json;

void expect_sorted(const Json& json, const std::string& where) {
  std::string previous;
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) {
      EXPECT_LT(previous, key) << where;
      previous = key;
    }
    if (value.is_structured()) expect_sorted(value, where + "." + key);
  }
}

TEST(ManifestJson, EveryFieldGoesThereAndBack) {
  const Json full = Json::parse(read_file(MANIFEST_FULL_POD));
  const Json again = to_json(pod_from_json(full));
  EXPECT_EQ(again.dump(1), full.dump(1));
  expect_sorted(again, "");
}

TEST(ManifestJson, DefaultsAreThoseOfTheTypes) {
  const Pod pod = pod_from_json(Json::parse(
      R"({"metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", "image": null}]}})"));
  EXPECT_EQ(pod.spec.restart_policy, RestartPolicy::kAlways);
  EXPECT_EQ(pod.spec.termination_grace_period, Seconds(30));
  EXPECT_EQ(pod.spec.containers.at(0).termination_message_policy, "File");
  EXPECT_TRUE(pod.spec.host_users);
}

TEST(ManifestJson, WrongTypesAreBadInput) {
  const std::pair<const char*, const char*> rows[] = {
      {R"([])", "field \"pod\": expected an object, found array"},
      {R"({"spec": 1})", "field \"spec\": expected an object, found number"},
      {R"({"spec": {"containers": {}}})", "field \"containers\": expected a list, found object"},
      {R"({"spec": {"containers": [1]}})",
       "field \"containers\": expected an object, found number"},
      {R"({"spec": {"hostNetwork": "yes"}})",
       "field \"hostNetwork\": expected true or false, found string"},
      {R"({"spec": {"terminationGracePeriodSeconds": 1.5}})",
       "field \"terminationGracePeriodSeconds\": expected an integer, found number"},
      {R"({"spec": {"terminationGracePeriodSeconds": 18446744073709551615}})",
       "field \"terminationGracePeriodSeconds\": expected a 64-bit integer, found number"},
      {R"({"spec": {"restartPolicy": "x"}})", "field \"restartPolicy\": unknown value \"x\""},
      {R"({"spec": {"containers": [{"resources": {"limits": {"cpu": "x1"}}}]}})",
       "quantities must match the regular expression "
       "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"}};
  for (const auto& [text, message] : rows) {
    try {
      pod_from_json(Json::parse(text));
      ADD_FAILURE() << text;
    } catch (const BadInput& error) {
      EXPECT_STREQ(error.what(), message) << text;
    }
  }
}

TEST(ManifestJson, QosClass) {
  const auto qos = [](const std::string& containers, const std::string& init = "[]") {
    return to_string(
        qos_class(pod_from_json(Json::parse("{\"spec\": {\"containers\": " + containers +
                                            ", \"initContainers\": " + init + "}}"))
                      .spec));
  };
  const std::string full =
      R"({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1000m", "memory": "1024Mi"}}})";
  const std::string limits = R"({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}})";
  const std::string lower =
      R"({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1"}}})";
  const std::string less =
      R"({"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m", "memory": "1Gi"}}})";
  const std::string cpu = R"({"resources": {"limits": {"cpu": "1"}}})";
  const std::string zero = R"({"resources": {"requests": {"cpu": "0", "memory": "0"}}})";
  const std::string disk = R"({"resources": {"requests": {"ephemeral-storage": "1Gi"}}})";
  EXPECT_EQ(qos("[" + full + "]"), "Guaranteed");
  EXPECT_EQ(qos("[" + limits + "]"), "Guaranteed");
  EXPECT_EQ(qos("[" + lower + "]"), "Guaranteed");
  EXPECT_EQ(qos("[" + full + "," + full + "]"), "Guaranteed");
  EXPECT_EQ(qos("[" + full + ", {}]"), "Burstable");
  EXPECT_EQ(qos("[" + full + "]", "[{}]"), "Burstable");
  EXPECT_EQ(qos("[" + less + "]"), "Burstable");
  EXPECT_EQ(qos("[" + cpu + "]"), "Burstable");
  EXPECT_EQ(qos("[{}]", "[" + cpu + "]"), "Burstable");
  EXPECT_EQ(qos("[{}]"), "BestEffort");
  EXPECT_EQ(qos("[" + zero + "]"), "BestEffort");
  EXPECT_EQ(qos("[" + disk + "]"), "BestEffort");
}

}  // namespace
}  // namespace podrun::manifest
