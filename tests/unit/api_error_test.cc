#include "supervisor/api/api_error.h"

#include <gtest/gtest.h>

#include "supervisor/api/http.h"

namespace podrun::api {
namespace {

const Subject kPod{"", "pods", "Pod", "kubia"};
const Subject kReplicaSet{"apps", "replicasets", "ReplicaSet", "kubia"};

TEST(ApiError, NotFoundIsWrittenAsKubernetesWritesIt) {
  EXPECT_EQ(not_found(kPod).to_json().dump(),
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",)"
            R"("message":"pods \"kubia\" not found","reason":"NotFound",)"
            R"("details":{"name":"kubia","kind":"pods"},"code":404})");
  EXPECT_EQ(not_found(kReplicaSet).to_json()["details"].dump(),
            R"({"name":"kubia","group":"apps","kind":"replicasets"})");
}

TEST(ApiError, TheExceptionsTextIsTheMessage) {
  EXPECT_STREQ(already_exists(kReplicaSet).what(), "replicasets.apps \"kubia\" already exists");
  EXPECT_STREQ(conflict(kPod).what(),
               "Operation cannot be fulfilled on pods \"kubia\": the object has been modified; "
               "please apply your changes to the latest version and try again");
  EXPECT_STREQ(conflict(kPod, "Precondition failed").what(),
               "Operation cannot be fulfilled on pods \"kubia\": Precondition failed");
  EXPECT_STREQ(internal_error("disk full").what(), "Internal error occurred: disk full");
}

TEST(ApiError, InvalidTellsAllFieldsAtOnce) {
  const Cause replicas{"FieldValueInvalid", "Invalid value: -1: must be greater", "spec.replicas"};
  const Cause name{"FieldValueRequired", "Required value", "metadata.name"};
  EXPECT_STREQ(invalid(kReplicaSet, {replicas}).what(),
               "ReplicaSet.apps \"kubia\" is invalid: spec.replicas: Invalid value: -1: must be "
               "greater");
  const ApiError both = invalid(kPod, {replicas, name, name});
  EXPECT_STREQ(both.what(),
               "Pod \"kubia\" is invalid: [spec.replicas: Invalid value: -1: must be greater, "
               "metadata.name: Required value]");
  const Json details = both.to_json()["details"];
  EXPECT_EQ(details["kind"], "Pod");
  EXPECT_EQ(details["causes"].size(), 3U);
  EXPECT_EQ(
      details["causes"][1].dump(),
      R"({"reason":"FieldValueRequired","message":"Required value","field":"metadata.name"})");
}

TEST(ApiError, ForbiddenNamesWhatItCan) {
  EXPECT_STREQ(forbidden(kPod, "no").what(), "pods \"kubia\" is forbidden: no");
  EXPECT_STREQ(forbidden({"apps", "replicasets", "", ""}, "no").what(),
               "replicasets.apps is forbidden: no");
  EXPECT_STREQ(forbidden({}, "no").what(), "forbidden: no");
}

TEST(ApiError, CodesAndReasons) {
  EXPECT_EQ(unauthorized().to_json()["code"], 401);
  EXPECT_FALSE(unauthorized().to_json().contains("details"));
  EXPECT_STREQ(method_not_allowed(kReplicaSet, "PATCH").what(),
               "PATCH is not supported on resources of kind \"replicasets.apps\"");
  EXPECT_EQ(too_many_requests("wait", 3).to_json()["details"].dump(), R"({"retryAfterSeconds":3})");
  EXPECT_EQ(expired("too old resource version: 1 (5)").reason(), "Expired");
  EXPECT_EQ(expired("").code(), 410);
}

TEST(ApiError, ADeletionsSuccess) {
  EXPECT_EQ(success_status(kPod, "u-1").dump(),
            R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success",)"
            R"("details":{"name":"kubia","kind":"pods","uid":"u-1"}})");
}

TEST(ApiRequest, ParametersAndHeaders) {
  Request request;
  request.query = {{"watch", "true"}, {"command", "sh"}, {"command", "-c"}, {"empty", ""}};
  request.headers = {{"accept", "application/json"}};
  EXPECT_EQ(request.parameter("command"), "sh");
  EXPECT_EQ(request.parameters("command"), (std::vector<std::string_view>{"sh", "-c"}));
  EXPECT_TRUE(request.has_parameter("empty"));
  EXPECT_FALSE(request.has_parameter("limit"));
  EXPECT_EQ(request.parameter("limit"), "");
  EXPECT_EQ(request.header("accept"), "application/json");
  EXPECT_EQ(request.header("range"), "");
}

}  // namespace
}  // namespace podrun::api
