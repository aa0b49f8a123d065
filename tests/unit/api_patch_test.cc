#include <gtest/gtest.h>

#include "supervisor/api/patch.h"

namespace podrun::api {
namespace {

int code_of(PatchType type, const Json& object, const std::string& patch) {
  try {
    apply_patch(type, object, patch, &patch_schema("Pod"));
  } catch (const ApiError& error) {
    return error.code();
  }
  return 200;
}

std::string refusal(PatchType type, const std::string& patch) {
  try {
    apply_patch(type, Json::object(), patch, &patch_schema("Pod"));
  } catch (const ApiError& error) {
    return std::to_string(error.code()) + " " + error.reason() + ": " + error.what();
  }
  return "";
}

std::string merged(PatchType type, const char* object, const char* patch) {
  return apply_patch(type, Json::parse(object), patch).dump();
}

TEST(Patch, TypesAreMediaTypes) {
  EXPECT_EQ(patch_type("application/json-patch+json"), PatchType::kJson);
  EXPECT_EQ(patch_type("application/apply-patch+yaml; charset=utf-8"), PatchType::kApply);
  try {
    patch_type("application/json");
    FAIL();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.code(), 415);
    EXPECT_STREQ(error.what(),
                 "the body of the request was in an unknown format - accepted media types include: "
                 "application/json-patch+json, application/merge-patch+json, "
                 "application/strategic-merge-patch+json, application/apply-patch+yaml");
  }
}

TEST(Patch, WhatIsNoneIsToldInGosWords) {
  const std::string refused = "400 BadRequest: ", decoding = refused + "error decoding patch: ";
  const std::string bad_key = "invalid character 'b' looking for beginning of object key string";
  EXPECT_EQ(refusal(PatchType::kMerge, "{bad"), decoding + bad_key);
  EXPECT_EQ(refusal(PatchType::kJson, "[{bad"), decoding + bad_key);
  EXPECT_EQ(refusal(PatchType::kStrategicMerge, "{bad"), refused + bad_key);
  EXPECT_EQ(refusal(PatchType::kMerge, ""), decoding + "unexpected end of JSON input");
  EXPECT_EQ(refusal(PatchType::kMerge, "{} x"),
            decoding + "invalid character 'x' after top-level value");
  const std::string unmarshal = "json: cannot unmarshal ";
  const std::string map = " into Go value of type map[string]interface {}";
  EXPECT_EQ(refusal(PatchType::kMerge, "[1]"), decoding + unmarshal + "array" + map);
  EXPECT_EQ(refusal(PatchType::kStrategicMerge, "\"x\""), refused + unmarshal + "string" + map);
  EXPECT_EQ(refusal(PatchType::kJson, "{}"),
            decoding + unmarshal + "object into Go value of type []handlers.jsonPatchOp");
  EXPECT_EQ(refusal(PatchType::kJson, "[true]"),
            decoding + unmarshal + "bool into Go value of type handlers.jsonPatchOp");
  EXPECT_EQ(refusal(PatchType::kJson, R"([{"op":"add","path":1}])"),
            decoding + unmarshal + "number into Go struct field jsonPatchOp.path of type string");
  for (const PatchType type : {PatchType::kJson, PatchType::kMerge, PatchType::kStrategicMerge}) {
    EXPECT_EQ(refusal(type, "null"), "") << "changes nothing";
  }
}

// RFC 7396, appendix A, and order.
TEST(Patch, MergePatch) {
  const auto merge = [](const char* object, const char* patch) {
    return merged(PatchType::kMerge, object, patch);
  };
  EXPECT_EQ(merge(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merge(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(merge(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(merge(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(merge(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(merge(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(merge(R"({})", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
  EXPECT_EQ(code_of(PatchType::kMerge, Json::object(), "[1]"), 400);
  EXPECT_EQ(code_of(PatchType::kMerge, Json::object(), "{"), 400);
  EXPECT_EQ(code_of(PatchType::kMerge, Json::object(), ""), 400);
  EXPECT_EQ(code_of(PatchType::kMerge, Json::object(), R"({"a":)" + std::string(100'000, '[')),
            400);
}

TEST(Patch, JsonPatch) {
  const auto patched = [](const char* object, const char* patch) {
    return merged(PatchType::kJson, object, patch);
  };
  EXPECT_EQ(patched(R"({"a":{"b":1}})", R"([{"op":"add","path":"/a/c","value":2}])"),
            R"({"a":{"b":1,"c":2}})");
  EXPECT_EQ(patched(R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2},
      {"op":"add","path":"/a/-","value":4},{"op":"add","path":"/a/4","value":5}])"),
            R"({"a":[1,2,3,4,5]})");
  EXPECT_EQ(patched(R"({"a":1,"b":2})", R"([{"op":"remove","path":"/a"}])"), R"({"b":2})");
  EXPECT_EQ(patched(R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/0"}])"), R"({"a":[2]})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":1},
      {"op":"replace","path":"/a","value":{"x":null}}])"),
            R"({"a":{"x":null}})");
  EXPECT_EQ(patched(R"({"a":1,"b":{}})", R"([{"op":"move","from":"/a","path":"/b/c"}])"),
            R"({"b":{"c":1}})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])"),
            R"({"a":1,"b":1})");
  EXPECT_EQ(patched(R"({"x/y":{"~":1}})", R"([{"op":"replace","path":"/x~1y/~0","value":2}])"),
            R"({"x/y":{"~":2}})");
  EXPECT_EQ(
      patched(R"({"a":{"x":1,"y":2}})", R"([{"op":"test","path":"/a","value":{"y":2,"x":1}}])"),
      R"({"a":{"x":1,"y":2}})");
}

TEST(Patch, JsonPatchesThatDoNotApply) {
  const Json object = {{"a", "text"}, {"list", {1}}};
  for (const char* patch :
       {R"([{"op":"test","path":"/a","value":"other"}])",
        R"([{"op":"test","path":"/b","value":1}])", R"([{"op":"remove","path":"/b"}])",
        R"([{"op":"replace","path":"/b","value":1}])", R"([{"op":"add","path":"/b/c","value":1}])",
        R"([{"op":"add","path":"/a/c","value":1}])", R"([{"op":"add","path":"/list/7","value":1}])",
        R"([{"op":"add","path":"/list/x","value":1}])", R"([{"op":"remove","path":"/a/c"}])",
        R"([{"op":"remove","path":""}])", R"([{"op":"move","from":"/list","path":"/list/0"}])",
        R"([{"op":"jump","path":"/a"}])", R"([{"op":"add","path":"a","value":1}])",
        R"([{"path":"/a"}])", R"([{"op":"add"}])"}) {
    EXPECT_EQ(code_of(PatchType::kJson, object, patch), 422) << patch;
  }
  EXPECT_EQ(code_of(PatchType::kJson, object, R"({"op":"add"})"), 400);
  EXPECT_EQ(code_of(PatchType::kJson, object, "[1]"), 400);
  std::string many = "[";
  for (int i = 0; i < 10'001; ++i) many += std::string(i == 0 ? "" : ",") + "{}";
  EXPECT_EQ(code_of(PatchType::kJson, object, many + "]"), 413);
  const Json large = {{"text", std::string(100'000, 'x')}, {"list", Json::array()}};
  std::string growing = "[";
  for (int i = 0; i < 40; ++i) {
    growing += std::string(i == 0 ? "" : ",") + R"({"op":"copy","from":"/text","path":"/list/-"})";
  }
  EXPECT_EQ(code_of(PatchType::kJson, large, growing + "]"), 422);
}

}  // namespace
}  // namespace podrun::api
