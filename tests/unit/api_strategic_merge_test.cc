#include <gtest/gtest.h>

#include "supervisor/api/patch.h"

namespace podrun::api {
namespace {

/// Applies a patch to a pod's spec and returns the spec.
std::string spec(const char* original, const char* patch) {
  const Json object = {{"spec", Json::parse(original)}};
  const Json change = {{"spec", Json::parse(patch)}};
  return apply_strategic_merge_patch(object, change, &patch_schema("Pod"))["spec"].dump();
}

std::string error_of(const char* original, const char* patch) {
  try {
    spec(original, patch);
  } catch (const ApiError& error) {
    return std::to_string(error.code()) + " " + error.what();
  }
  return "";
}

TEST(StrategicMerge, ContainersMergeByName) {
  EXPECT_EQ(spec(R"({"containers":[{"name":"a","image":"x","tty":true},{"name":"b"}]})",
                 R"({"containers":[{"name":"a","image":"y","tty":null}]})"),
            R"({"containers":[{"name":"a","image":"y"},{"name":"b"}]})");
  EXPECT_EQ(
      spec(R"({"containers":[{"name":"a","env":[{"name":"K","value":"1"}],
                     "ports":[{"containerPort":80}],"args":["1","2"]}]})",
           R"({"containers":[{"name":"a","env":[{"name":"L","value":"2"}],
                     "ports":[{"containerPort":80,"name":"web"}],"args":["3"]}]})"),
      R"({"containers":[{"name":"a","env":[{"name":"L","value":"2"},{"name":"K","value":"1"}],)"
      R"("ports":[{"containerPort":80,"name":"web"}],"args":["3"]}]})");
}

TEST(StrategicMerge, NewElementsComeFirstUnlessAnOrderIsSet) {
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"name":"b"}]})"),
            R"({"containers":[{"name":"b"},{"name":"a"}]})");
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"}]})",
                 R"({"$setElementOrder/containers":[{"name":"a"},{"name":"b"}],
                     "containers":[{"name":"b"}]})"),
            R"({"containers":[{"name":"a"},{"name":"b"}]})");
}

TEST(StrategicMerge, SetElementOrder) {
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"},{"name":"s"},{"name":"b"}]})",
                 R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}]})"),
            R"({"containers":[{"name":"s"},{"name":"b"},{"name":"a"}]})");
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                 R"({"$setElementOrder/containers":[{"name":"b"}],
                     "containers":[{"name":"a","$patch":"delete"},{"name":"b","image":"x"}]})"),
            R"({"containers":[{"name":"b","image":"x"}]})");
  EXPECT_TRUE(error_of(R"({})", R"({"$setElementOrder/containers":[{"name":"b"}],
                                    "containers":[{"name":"a"}]})")
                  .starts_with("422 The order in patch list"));
  EXPECT_EQ(error_of("{}", R"({"$setElementOrder/containers":1})"),
            "400 invalid patch format of setElementOrder list");
}

TEST(StrategicMerge, Directives) {
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                 R"({"containers":[{"$patch":"delete","name":"a"}]})"),
            R"({"containers":[{"name":"b"}]})");
  EXPECT_EQ(spec(R"({"containers":[{"name":"a"},{"name":"b"}]})",
                 R"({"containers":[{"name":"c"},{"$patch":"replace"}]})"),
            R"({"containers":[{"name":"c"}]})");
  EXPECT_EQ(spec(R"({"securityContext":{"runAsUser":1,"fsGroup":2}})",
                 R"({"securityContext":{"$patch":"replace","runAsUser":3}})"),
            R"({"securityContext":{"runAsUser":3}})");
  EXPECT_EQ(
      spec(R"({"securityContext":{"runAsUser":1}})", R"({"securityContext":{"$patch":"delete"}})"),
      R"({"securityContext":{}})");
  EXPECT_EQ(error_of(R"({"containers":[{"name":"a"}]})", R"({"containers":[{"$patch":"delete"}]})"),
            "422 map: {\"$patch\":\"delete\"} does not contain declared merge key: name");
  EXPECT_TRUE(error_of("{\"a\":{}}", R"({"a":{"$patch":"zap"}})")
                  .starts_with("422 unknown patch type: zap in map"));
}

TEST(StrategicMerge, RetainKeys) {
  EXPECT_EQ(spec(R"({"volumes":[{"name":"v","emptyDir":{}}]})",
                 R"({"volumes":[{"$retainKeys":["name","hostPath"],"name":"v",
                                 "hostPath":{"path":"/x"}}]})"),
            R"({"volumes":[{"name":"v","hostPath":{"path":"/x"}}]})");
  EXPECT_EQ(error_of(R"({"volumes":[{"name":"v"}]})",
                     R"({"volumes":[{"$retainKeys":["name"],"name":"v","hostPath":{}}]})"),
            "400 invalid patch format of retainKeys");
}

TEST(StrategicMerge, PrimitiveLists) {
  const PatchSchema& schema = patch_schema("ConfigMap");
  const Json object = Json::parse(R"({"metadata":{"finalizers":["a","b"]}})");
  EXPECT_EQ(apply_strategic_merge_patch(
                object, Json::parse(R"({"metadata":{"finalizers":["c","a"]}})"), &schema)
                .dump(),
            R"({"metadata":{"finalizers":["c","a","b"]}})");
  EXPECT_EQ(
      apply_strategic_merge_patch(
          object, Json::parse(R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}})"),
          &schema)
          .dump(),
      R"({"metadata":{"finalizers":["b"]}})");
  EXPECT_EQ(apply_strategic_merge_patch(object, Json::parse(R"({"metadata":{"finalizers":null}})"),
                                        &schema)
                .dump(),
            R"({"metadata":{}})");
}

TEST(StrategicMerge, WhatIsNewComesWithoutDirectivesAndNulls) {
  EXPECT_EQ(
      spec("{}",
           R"({"containers":[{"name":"a","image":null,"env":[{"name":"K","$patch":"delete"}]}],
                           "nodeSelector":{"x":null,"y":"1"}})"),
      R"({"containers":[{"name":"a","env":[]}],"nodeSelector":{"y":"1"}})");
}

TEST(StrategicMerge, AtomicListsAreReplaced) {
  EXPECT_EQ(spec(R"({"tolerations":[{"key":"a"}]})", R"({"tolerations":[{"key":"b"}]})"),
            R"({"tolerations":[{"key":"b"}]})");
}

TEST(StrategicMerge, ServicesAndTemplates) {
  const Json service = Json::parse(R"({"spec":{"ports":[{"port":80},{"port":443}]}})");
  EXPECT_EQ(apply_strategic_merge_patch(
                service, Json::parse(R"({"spec":{"ports":[{"port":443,"name":"s"}]}})"),
                &patch_schema("Service"))
                .dump(),
            R"({"spec":{"ports":[{"port":80},{"port":443,"name":"s"}]}})");
  const Json set = Json::parse(
      R"({"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"a","image":"x"}]}}}})");
  EXPECT_EQ(
      apply_strategic_merge_patch(
          set,
          Json::parse(
              R"({"spec":{"template":{"spec":{"containers":[{"name":"a","image":"y"}]}}}})"),
          &patch_schema("ReplicaSet"))
          .dump(),
      R"({"spec":{"replicas":1,"template":{"spec":{"containers":[{"name":"a","image":"y"}]}}}})");
}

}  // namespace
}  // namespace podrun::api
