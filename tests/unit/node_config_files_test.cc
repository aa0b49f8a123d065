// ConfigMaps and Secrets for a pod's environment.
#include <gtest/gtest.h>

#include "supervisor/node/config_files.h"
#include "tests/support/fake_api.h"

namespace podrun::node {
namespace {

using store::Json;

TEST(ConfigFiles, OnlyWhatThePodNamesAndTheApiHas) {
  test::FakeApi api;
  const auto put = [&](const char* resource, const char* name, const char* value) {
    api.create(resource, "default",
               Json{{"metadata", {{"name", name}}}, {"data", {{"key", value}}}});
  };
  put("configmaps", "used", "plain");
  put("configmaps", "unused", "plain");
  put("secrets", "login", "czM=");
  const Json pod = Json::parse(R"({"metadata": {"namespace": "default"}, "spec": {
    "initContainers": [{"envFrom": [{"secretRef": {"name": "login"}}]}],
    "containers": [{"env": [
      {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "used", "key": "key"}}},
      {"name": "B", "valueFrom": {"secretKeyRef": {"name": "absent", "key": "key"}}},
      {"name": "C", "value": "c"}]}]}})");
  const pod::ConfigData data = config_for(api, pod);
  ASSERT_EQ(data.config_maps.size(), 1U);
  EXPECT_EQ(data.config_maps.at("used").at("key"), "plain");
  ASSERT_EQ(data.secrets.size(), 1U);
  EXPECT_EQ(data.secrets.at("login").at("key"), "s3");
  const pod::ConfigData again = pod::ConfigData::from_json(data.to_json());
  EXPECT_EQ(again.secrets, data.secrets);
  EXPECT_TRUE(again.provided);
  EXPECT_FALSE(config_for(api, Json::parse(R"({"spec": {"containers": [{}]}})")).provided);
}

TEST(ConfigFiles, LabelsWhereAVariableShowsThem) {
  const test::FakeApi api;
  const auto pod_with = [](const std::string& field) {
    return Json{
        {"metadata", {{"namespace", "default"}, {"labels", {{"app", "web"}}}}},
        {"spec",
         {{"containers",
           {{{"env",
              {{{"name", "A"}, {"valueFrom", {{"fieldRef", {{"fieldPath", field}}}}}}}}}}}}}};
  };
  const pod::ConfigData data = config_for(api, pod_with("metadata.labels['app']"));
  EXPECT_TRUE(data.provided);
  EXPECT_EQ(data.labels, (pod::ConfigData::Entries{{"app", "web"}}));
  EXPECT_EQ(data.annotations, pod::ConfigData::Entries());
  EXPECT_FALSE(config_for(api, pod_with("metadata.name")).provided);
}

}  // namespace
}  // namespace podrun::node
