#include <gtest/gtest.h>

#include "supervisor/api/api_error.h"
#include "supervisor/api/generate_name.h"
#include "supervisor/api/negotiate.h"
#include "supervisor/api/request_info.h"

namespace podrun::api {
namespace {

/// "VERB GROUP/VERSION NAMESPACE RESOURCE NAME SUBRESOURCE", "-" for what is empty.
std::string read(std::string_view method, std::string_view path, bool watch = false) {
  const auto info = parse_resource_path(method, path, watch);
  if (!info) return "none";
  const auto text = [](const std::string& part) { return " " + (part.empty() ? "-" : part); };
  return info->verb + text(info->group) + "/" + info->version + text(info->namespace_) +
         text(info->resource) + text(info->name) + text(info->subresource);
}

TEST(RequestInfo, ReadsCoreAndGroups) {
  EXPECT_EQ(read("GET", "/api/v1/pods"), "list -/v1 - pods - -");
  EXPECT_EQ(read("GET", "/api/v1/namespaces/a/pods"), "list -/v1 a pods - -");
  EXPECT_EQ(read("GET", "/api/v1/namespaces/a/pods/b"), "get -/v1 a pods b -");
  EXPECT_EQ(read("PUT", "/apis/apps/v1/namespaces/a/deployments/b/status"),
            "update apps/v1 a deployments b status");
  EXPECT_EQ(read("GET", "/apis/apps/v1beta2/replicasets"), "list apps/v1beta2 - replicasets - -");
}

TEST(RequestInfo, MethodsBecomeVerbs) {
  EXPECT_EQ(read("POST", "/api/v1/namespaces/a/pods"), "create -/v1 a pods - -");
  EXPECT_EQ(read("PATCH", "/api/v1/namespaces/a/pods/b"), "patch -/v1 a pods b -");
  EXPECT_EQ(read("DELETE", "/api/v1/namespaces/a/pods/b"), "delete -/v1 a pods b -");
  EXPECT_EQ(read("DELETE", "/api/v1/namespaces/a/pods"), "deletecollection -/v1 a pods - -");
  EXPECT_EQ(read("HEAD", "/api/v1/namespaces/a/pods/b"), "get -/v1 a pods b -");
}

TEST(RequestInfo, Namespaces) {
  EXPECT_EQ(read("GET", "/api/v1/namespaces"), "list -/v1 - namespaces - -");
  EXPECT_EQ(read("GET", "/api/v1/namespaces/a"), "get -/v1 a namespaces a -");
  EXPECT_EQ(read("PUT", "/api/v1/namespaces/a/finalize"), "update -/v1 a namespaces a finalize");
  EXPECT_EQ(read("PUT", "/api/v1/namespaces/a/status"), "update -/v1 a namespaces a status");
}

TEST(RequestInfo, Watches) {
  EXPECT_EQ(read("GET", "/api/v1/namespaces/a/pods", true), "watch -/v1 a pods - -");
  EXPECT_EQ(read("GET", "/api/v1/watch/namespaces/a/pods/b"), "watch -/v1 a pods b -");
  EXPECT_EQ(read("GET", "/apis/apps/v1/watch/deployments"), "watch apps/v1 - deployments - -");
  EXPECT_EQ(read("GET", "/api/v1/namespaces/a/pods/b/log", true), "get -/v1 a pods b log");
}

TEST(RequestInfo, WhatIsNoResource) {
  for (const char* path : {"/", "/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1",
                           "/healthz", "/api/v1/namespaces/a/pods/b/log/c"}) {
    EXPECT_EQ(read("GET", path), "none") << path;
  }
}

TEST(Negotiate, TakesTheFirstThatIsWritten) {
  EXPECT_EQ(negotiate("").form, OutputForm::kObject);
  EXPECT_EQ(negotiate("*/*").form, OutputForm::kObject);
  EXPECT_EQ(negotiate("application/vnd.kubernetes.protobuf,application/json").form,
            OutputForm::kObject);
  const Output table = negotiate(
      "application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json;as=Table;v=v1;"
      "g=meta.k8s.io,application/json");
  EXPECT_EQ(table.form, OutputForm::kTable);
  EXPECT_EQ(table.meta_version, "v1beta1");
  EXPECT_EQ(negotiate("application/json;as=Table;v=v9;g=meta.k8s.io,application/json").form,
            OutputForm::kObject);
  EXPECT_EQ(negotiate("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io").form,
            OutputForm::kPartialObject);
  EXPECT_THROW(negotiate("application/vnd.kubernetes.protobuf"), ApiError);
}

TEST(GenerateName, CutsThePrefixAndSpellsNoWords) {
  std::uint32_t next = 22;
  const Random random = [&] { return next++; };
  EXPECT_EQ(generate_name("kubia-", random), "kubia-56789");
  EXPECT_EQ(generate_name("", random), "bcdfg");
  EXPECT_EQ(generate_name(std::string(80, 'a'), [] { return 0U; }), std::string(58, 'a') + "bbbbb");
  EXPECT_EQ(random_suffix(system_random()).size(), 5U);
}

}  // namespace
}  // namespace podrun::api
