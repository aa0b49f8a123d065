#include <gtest/gtest.h>

#include "supervisor/api/field_selector.h"

namespace podrun::api {
namespace {

const Json kPod = {{"metadata", {{"name", "kubia"}, {"namespace", "default"}}},
                   {"spec", {{"nodeName", "n1"}, {"hostNetwork", true}}},
                   {"status", {{"phase", "Running"}}}};

bool matches(const char* text) { return FieldSelector::parse(text, "pods").matches(kPod); }

std::string error_of(const char* text, const char* resource) {
  try {
    FieldSelector::parse(text, resource);
  } catch (const manifest::SelectorError& error) {
    return error.what();
  }
  return "";
}

TEST(FieldSelector, Matches) {
  for (const char* text :
       {"", "metadata.name=kubia", "metadata.name==kubia,status.phase!=Pending",
        "spec.nodeName=n1,", "spec.hostNetwork=true", "status.podIP=", "status.podIP!=10.0.0.1"}) {
    EXPECT_TRUE(matches(text)) << text;
  }
  for (const char* text : {"metadata.name=x", "metadata.name!=kubia", "status.phase=Pending",
                           "spec.nodeName=", "metadata.name=kubia,status.phase=Failed"}) {
    EXPECT_FALSE(matches(text)) << text;
  }
}

TEST(FieldSelector, ValuesMayBeEscaped) {
  const auto selector = FieldSelector::parse(R"(metadata.name=a\,b\=c\\,spec.nodeName!=x)", "pods");
  EXPECT_EQ(selector.requirements(),
            (std::vector<FieldRequirement>{{"metadata.name", "a,b=c\\", true},
                                           {"spec.nodeName", "x", false}}));
  EXPECT_EQ(error_of(R"(metadata.name=a\b)", "pods"),
            "invalid field selector: invalid escape sequence: \\b");
}

TEST(FieldSelector, RefusesWhatTheResourceHasNot) {
  EXPECT_EQ(error_of("spec.image=x", "pods"), "field label not supported: spec.image");
  EXPECT_EQ(error_of("metadata.name", "pods"),
            "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  EXPECT_EQ(error_of("status.phase=x", "configmaps"),
            "\"status.phase\" is not a known field selector: only \"metadata.name\", "
            "\"metadata.namespace\"");
  EXPECT_EQ(error_of("type=Opaque", "secrets"), "");
}

TEST(FieldSelector, Jobs) {
  const auto selected = [](const char* text, const Json& job) {
    return FieldSelector::parse(text, "jobs.batch").matches(job);
  };
  EXPECT_TRUE(selected("status.successful=2", {{"status", {{"succeeded", 2}}}}));
  EXPECT_TRUE(selected("status.successful=0", {{"status", Json::object()}}));
  EXPECT_FALSE(selected("status.successful=1", {{"status", {{"succeeded", 2}}}}));
}

TEST(FieldSelector, Events) {
  const Json event = {{"involvedObject", {{"kind", "Pod"}, {"name", "kubia"}}},
                      {"reason", "Killing"},
                      {"type", "Normal"},
                      {"source", {{"component", "kubelet"}}}};
  EXPECT_TRUE(FieldSelector::parse(
                  "involvedObject.kind=Pod,involvedObject.name=kubia,source=kubelet,type!=Warning",
                  "events")
                  .matches(event));
  EXPECT_FALSE(FieldSelector::parse("involvedObject.uid=1", "events").matches(event));
  const Json newer = {{"regarding", {{"name", "kubia"}}}, {"reportingController", "kubelet"}};
  EXPECT_TRUE(FieldSelector::parse("involvedObject.name=kubia,reportingController=kubelet",
                                   "events.events.k8s.io")
                  .matches(newer));
}

TEST(FieldSelector, KnowsTheOneName) {
  const auto selector = FieldSelector::parse("metadata.name=kubia,metadata.namespace!=x", "pods");
  EXPECT_EQ(selector.exact("metadata.name"), "kubia");
  EXPECT_EQ(selector.exact("metadata.namespace"), "");
}

}  // namespace
}  // namespace podrun::api
