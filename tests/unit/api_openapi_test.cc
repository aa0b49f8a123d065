#include <gtest/gtest.h>

#include <set>

#include "supervisor/api/json_path.h"
#include "supervisor/api/openapi.h"

namespace podrun::api {
namespace {

const manifest::ObjectType* pods_only(std::string_view, std::string_view, std::string_view kind) {
  return kind == "Pod" ? &manifest::kPodType : nullptr;
}

/// Every "$ref" leads somewhere.
void expect_resolved(const Json& json, const Json& schemas, const std::string& prefix) {
  for (const auto& [key, value] : json.items()) {
    if (key == "$ref" && value.is_string()) {
      const std::string target = value.get<std::string>();
      ASSERT_TRUE(target.starts_with(prefix)) << target;
      EXPECT_TRUE(schemas.contains(target.substr(prefix.size()))) << target;
    } else if (value.is_structured()) {
      expect_resolved(value, schemas, prefix);
    }
  }
}

/// The schema at the end of a path of properties, references followed.
Json schema_at(const Json& schemas, const std::string& root, const std::vector<const char*>& path) {
  Json at = schemas.at(root);
  for (const char* step : path) {
    at = Json(at.at("properties").at(step));
    if (at.contains("items")) at = Json(at.at("items"));
    if (at.contains("$ref")) {
      const std::string target = at.at("$ref").get<std::string>();
      at = Json(schemas.at(target.substr(target.rfind('/') + 1)));
    }
  }
  return at;
}

TEST(OpenApi, V2DescribesPods) {
  const Json document = openapi_v2(pods_only);
  const Json& schemas = document["definitions"];
  expect_resolved(document, schemas, "#/definitions/");
  const Json& pod = schemas["io.k8s.api.core.v1.Pod"];
  EXPECT_EQ(pod["x-kubernetes-group-version-kind"].dump(),
            R"([{"group":"","kind":"Pod","version":"v1"}])");
  EXPECT_EQ(pod["properties"]["metadata"]["$ref"],
            "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  EXPECT_EQ(pod["properties"]["spec"]["$ref"], "#/definitions/io.k8s.api.core.v1.PodSpec");
  const std::string root = "io.k8s.api.core.v1.Pod";
  EXPECT_EQ(schema_at(schemas, root,
                      {"spec", "containers", "livenessProbe", "httpGet", "port"})["format"],
            "int-or-string");
  EXPECT_EQ(schema_at(schemas, root, {"spec", "securityContext"}).contains("properties"), true);
  EXPECT_NE(schema_at(schemas, root, {"spec", "securityContext"}),
            schema_at(schemas, root, {"spec", "containers", "securityContext"}));
}

TEST(OpenApi, ListsTellHowTheyAreMerged) {
  const Json schemas = openapi_v2(pods_only)["definitions"];
  const Json spec = schemas["io.k8s.api.core.v1.PodSpec"]["properties"];
  EXPECT_EQ(spec["containers"]["x-kubernetes-patch-merge-key"], "name");
  EXPECT_EQ(spec["containers"]["x-kubernetes-patch-strategy"], "merge");
  EXPECT_EQ(spec["volumes"]["x-kubernetes-patch-strategy"], "merge,retainKeys");
  EXPECT_FALSE(spec["tolerations"].contains("x-kubernetes-patch-strategy"));
  EXPECT_EQ(spec["tolerations"]["x-kubernetes-list-type"], "atomic");
  EXPECT_EQ(spec["containers"]["x-kubernetes-list-type"], "map");
  EXPECT_EQ(spec["containers"]["x-kubernetes-list-map-keys"].dump(), R"(["name"])");
  EXPECT_EQ(spec["nodeSelector"]["x-kubernetes-map-type"], "atomic");
  const Json container = schema_at(schemas, "io.k8s.api.core.v1.Pod", {"spec", "containers"});
  EXPECT_EQ(container["properties"]["ports"]["x-kubernetes-patch-merge-key"], "containerPort");
  EXPECT_EQ(container["properties"]["ports"]["x-kubernetes-list-map-keys"].dump(),
            R"(["containerPort","protocol"])");
}

// A client that descends into a schema finds what is there, and no place without a word.
void expect_described(const Json& schema, const std::string& where) {
  EXPECT_FALSE(schema.empty()) << where;
  if (schema.contains("properties")) {
    for (const auto& [name, inner] : schema["properties"].items()) {
      expect_described(inner, where + "." + name);
    }
  }
  if (schema.value("type", "") == "array") {
    ASSERT_TRUE(schema.contains("items")) << where;
    expect_described(schema["items"], where + "[]");
  }
}

TEST(OpenApi, WhatNobodyLooksIntoIsDescribedFromTheWire) {
  const Json schemas = openapi_v2(pods_only)["definitions"];
  for (const auto& [name, schema] : schemas.items()) expect_described(schema, name);
  const std::string root = "io.k8s.api.core.v1.Pod";
  EXPECT_EQ(schema_at(schemas, root,
                      {"status", "containerStatuses", "state", "terminated", "exitCode"})["type"],
            "integer");
  EXPECT_EQ(schema_at(schemas, root, {"status", "startTime"})["format"], "date-time");
  EXPECT_EQ(schema_at(schemas, root,
                      {"spec", "affinity", "podAntiAffinity",
                       "requiredDuringSchedulingIgnoredDuringExecution", "topologyKey"})["type"],
            "string");
  EXPECT_EQ(schema_at(schemas, root, {"metadata", "managedFields"})["type"], "object");
  const Json status = schema_at(schemas, root, {"status"});
  EXPECT_EQ(status["properties"]["conditions"]["x-kubernetes-list-type"], "map");
  // A kind that is written through the wire alone.
  EXPECT_EQ(schema_at(schemas, "io.k8s.api.core.v1.Binding", {"target", "name"})["type"], "string");
  EXPECT_EQ(
      schema_at(schemas, "io.k8s.api.core.v1.Secret", {"data"})["additionalProperties"]["format"],
      "byte");
}

// Whoever adds a field says what it is for.
void expect_words(const Json& schemas, const std::string& type,
                  const manifest::ObjectType& fields) {
  const Json& schema = schemas.at("io.k8s.api.core.v1." + type);
  EXPECT_TRUE(schema.contains("description") || type == "Pod") << type;
  for (const manifest::Field& field : fields.fields) {
    if (field.support != manifest::Support::kHonoured) continue;
    EXPECT_NE(schema.at("properties").at(std::string(field.name)).value("description", ""), "")
        << type << "." << field.name;
    if (field.object == nullptr || field.object == &manifest::kObjectMetaType) continue;
    const std::string go_name(field.object->go_name);
    if (!go_name.empty() && schemas.contains("io.k8s.api.core.v1." + go_name)) {
      expect_words(schemas, go_name, *field.object);
    }
  }
}

TEST(OpenApi, FieldsOfPodsAreExplained) {
  const Json v2 = openapi_v2(pods_only)["definitions"];
  expect_words(v2, "PodSpec", manifest::kPodSpecType);
  expect_words(v2, "Pod", manifest::kPodType);
  // Words and a reference side by side, as each version of OpenAPI allows it.
  const Json& before = v2["io.k8s.api.core.v1.Pod"]["properties"]["spec"];
  EXPECT_EQ(before["$ref"], "#/definitions/io.k8s.api.core.v1.PodSpec");
  EXPECT_EQ(before["description"], "What the pod is to be.");
  const auto v3 = openapi_v3("/openapi/v3/api/v1", pods_only);
  ASSERT_TRUE(v3);
  const Json& after =
      (*v3)["components"]["schemas"]["io.k8s.api.core.v1.Pod"]["properties"]["spec"];
  EXPECT_EQ(after["allOf"][0]["$ref"], "#/components/schemas/io.k8s.api.core.v1.PodSpec");
  EXPECT_EQ(after["description"], "What the pod is to be.");
}

TEST(OpenApi, KindsWithoutTablesAreNotDescribed) {
  const Json document = openapi_v2(pods_only);
  EXPECT_FALSE(document["definitions"].contains("io.k8s.api.apps.v1.ControllerRevision"));
  EXPECT_TRUE(document["paths"].contains(
      "/apis/apps/v1/namespaces/{namespace}/controllerrevisions/{name}"));
}

TEST(OpenApi, PatchesTellTheirParameters) {
  const Json index = openapi_v3_index("0AB");
  EXPECT_EQ(index["paths"]["apis/apps/v1"]["serverRelativeURL"],
            "/openapi/v3/apis/apps/v1?hash=0AB");
  const auto apps = openapi_v3("/openapi/v3/apis/apps/v1", pods_only);
  ASSERT_TRUE(apps);
  const Json& patch =
      (*apps)["paths"]["/apis/apps/v1/namespaces/{namespace}/replicasets/{name}"]["patch"];
  EXPECT_EQ(patch["x-kubernetes-group-version-kind"].dump(),
            R"({"group":"apps","kind":"ReplicaSet","version":"v1"})");
  std::set<std::string> names;
  for (const Json& parameter : patch["parameters"]) names.insert(text_at(parameter, "name"));
  EXPECT_EQ(names, (std::set<std::string>{"dryRun", "fieldManager", "fieldValidation", "force"}));
  expect_resolved(*apps, (*apps)["components"]["schemas"], "#/components/schemas/");
  EXPECT_TRUE(openapi_v3("/openapi/v3/api/v1", pods_only));
  EXPECT_FALSE(openapi_v3("/openapi/v3/apis/none/v1", pods_only));
}

TEST(OpenApi, Protobuf) {
  const Json document = {
      {"swagger", "2.0"},
      {"info", {{"title", "K"}, {"version", "v"}}},
      {"definitions",
       {{"P", {{"type", "object"}, {"properties", {{"a", {{"$ref", "#/x"}}}}}, {"x-k", {1}}}}}}};
  const std::string expected = std::string(
                                   "\x0a\x03"
                                   "2.0"
                                   "\x12\x06\x0a\x01K\x12\x01v") +
                               std::string("\x42\x00", 2) +
                               "\x4a\x2c\x0a\x2a\x0a\x01P\x12\x25"  // definitions, "P", its schema
                               + "\xb2\x01\x08\x0a\x06object"       // type
                               +
                               "\xca\x01\x0c\x0a\x0a\x0a\x01"
                               "a\x12\x05\x0a\x03#/x"                           // properties
                               + "\xfa\x01\x0a\x0a\x03x-k\x12\x05\x12\x03[1]";  // extension
  const std::string made = openapi_v2_protobuf(document);
  EXPECT_EQ(made.size(), expected.size());
  EXPECT_EQ(made.substr(0, 15), expected.substr(0, 15));
  EXPECT_NE(made.find("\x0a\x06object"), std::string::npos);
  EXPECT_NE(made.find("\x0a\x03x-k\x12\x05\x12\x03[1]"), std::string::npos);
}

}  // namespace
}  // namespace podrun::api
