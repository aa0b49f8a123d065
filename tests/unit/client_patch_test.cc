#include <gtest/gtest.h>

#include <algorithm>

#include "supervisor/api/patch.h"
#include "supervisor/client/owners.h"
#include "supervisor/client/three_way.h"

namespace podrun::client {
namespace {

const api::PatchSchema& deployment() { return api::patch_schema("Deployment"); }

Json parse(const char* text) { return Json::parse(text); }

/// The patch, and that the server makes the expected object of it.
Json check(const Json& original, const Json& modified, const Json& current, const Json& expected) {
  const Json patch = three_way_patch(original, modified, current, &deployment());
  EXPECT_EQ(api::apply_strategic_merge_patch(current, patch, &deployment()), expected)
      << patch.dump();
  return patch;
}

Json with_containers(const char* list) {
  return {{"spec", {{"template", {{"spec", {{"containers", Json::parse(list)}}}}}}}};
}

TEST(ThreeWayPatch, LeavesAloneWhatOthersSet) {
  const Json current = parse(R"({"a":1,"theirs":2,"m":{"x":"1","y":"2"}})");
  EXPECT_TRUE(check(parse(R"({"a":1})"), parse(R"({"a":1})"), current, current).empty());
  EXPECT_EQ(check(parse(R"({"a":1})"), parse(R"({"a":3})"), current,
                  parse(R"({"a":3,"theirs":2,"m":{"x":"1","y":"2"}})")),
            parse(R"({"a":3})"));
}

TEST(ThreeWayPatch, TakesAwayWhatIsAppliedNoMore) {
  EXPECT_EQ(check(parse(R"({"a":1,"m":{"x":"1"}})"), parse(R"({"m":{}})"),
                  parse(R"({"a":1,"m":{"x":"1","y":"2"}})"), parse(R"({"m":{"y":"2"}})")),
            parse(R"({"m":{"x":null},"a":null})"));
  EXPECT_TRUE(
      check(parse(R"({"gone":1})"), parse("{}"), parse(R"({"b":1})"), parse(R"({"b":1})")).empty());
}

TEST(ThreeWayPatch, MergesListsByTheirKey) {
  const Json original = with_containers(R"([{"name":"a","image":"1"},{"name":"b","image":"1"}])");
  const Json modified = with_containers(R"([{"name":"a","image":"2"},{"name":"c","image":"1"}])");
  const Json current = with_containers(
      R"([{"name":"a","image":"1","pull":"x"},{"name":"b","image":"1"},{"name":"side","image":"s"}])");
  const Json patch = three_way_patch(original, modified, current, &deployment());
  EXPECT_EQ(patch["spec"]["template"]["spec"]["containers"],
            parse(R"([{"image":"2","name":"a"},{"name":"c","image":"1"},
                      {"$patch":"delete","name":"b"}])"));
  const Json after = api::apply_strategic_merge_patch(current, patch, &deployment());
  std::vector<std::string> names;
  for (const Json& one : after["spec"]["template"]["spec"]["containers"])
    names.push_back(one["name"]);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"a", "c", "side"}));
  EXPECT_EQ(after["spec"]["template"]["spec"]["containers"][0]["pull"], "x");
}

TEST(ThreeWayPatch, EqualListsNeedNoPatch) {
  const Json object = with_containers(R"([{"name":"a"},{"name":"b"}])");
  EXPECT_TRUE(check(object, object, object, object).empty());
  const Json turned = with_containers(R"([{"name":"b"},{"name":"a"}])");
  EXPECT_FALSE(check(object, turned, object, turned).empty()) << "their order counts";
}

TEST(ThreeWayPatch, ListsOfScalars) {
  const auto object = [](const char* finalizers) {
    return Json{{"metadata", {{"finalizers", Json::parse(finalizers)}}}};
  };
  check(object(R"(["a","b"])"), object(R"(["b","c"])"), object(R"(["a","b","theirs"])"),
        object(R"(["b","c","theirs"])"));
}

TEST(ThreeWayPatch, UnionsKeepOnlyWhatIsNamed) {
  const auto volume = [](const char* one) {
    return Json{
        {"spec", {{"template", {{"spec", {{"volumes", Json::array({Json::parse(one)})}}}}}}}};
  };
  const Json before = volume(R"({"name":"v","hostPath":{"path":"/x"}})");
  const Json after = volume(R"({"name":"v","emptyDir":{}})");
  check(parse("{}"), after, before, after);
}

TEST(ThreeWayPatch, ListsWithoutAKeyAreReplaced) {
  check(parse(R"({"l":[1]})"), parse(R"({"l":[2]})"), parse(R"({"l":[1,3]})"),
        parse(R"({"l":[2]})"));
}

TEST(ThreeWayPatch, NullsSetNothing) {
  EXPECT_TRUE(
      check(parse("{}"), parse(R"({"a":null})"), parse(R"({"b":1})"), parse(R"({"b":1})")).empty());
}

TEST(TwoWayPatch, IsWhatAnEditChanged) {
  EXPECT_EQ(two_way_patch(parse(R"({"a":1,"b":{"c":2,"d":3}})"), parse(R"({"b":{"c":5}})"),
                          &deployment()),
            parse(R"({"b":{"c":5,"d":null},"a":null})"));
}

TEST(OwnersPatch, HandsFieldsOver) {
  const Json object = parse(R"json({"metadata": {"resourceVersion": "7", "managedFields": [
    {"manager":"kubectl","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{"f:a":{}}}},
    {"manager":"csa","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:b":{}}}},
    {"manager":"csa","operation":"Update","subresource":"status","fieldsV1":{"f:x":{}}}]}})json");
  const Json patch = owners_patch(object, "csa", "kubectl");
  ASSERT_EQ(patch.size(), 2u);
  EXPECT_EQ(patch[1]["value"], "7");
  const Json& entries = patch[0]["value"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["subresource"], "status");
  EXPECT_EQ(entries[1]["operation"], "Apply");
  EXPECT_EQ(entries[1]["fieldsV1"], parse(R"({"f:data":{"f:a":{},"f:b":{}}})"));
  EXPECT_TRUE(owners_patch(object, "nobody", "kubectl").empty());
}

TEST(OwnersPatch, GivesTheClientsAnnotationAManagerOfItsOwn) {
  const char* const annotation =
      R"({"f:metadata":{"f:annotations":{"f:kubectl.kubernetes.io/last-applied-configuration":{}}}})";
  Json object = parse(R"json({"metadata": {"resourceVersion": "7", "managedFields": [
    {"manager":"csa","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{"f:b":{}},"f:metadata":
      {"f:annotations":{".":{},"f:kubectl.kubernetes.io/last-applied-configuration":{}}}}}]}})json");
  const Json entries = owners_patch(object, "csa", "kubectl").at(0)["value"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["manager"], "kubectl-last-applied");
  EXPECT_EQ(entries[0]["operation"], "Apply");
  EXPECT_EQ(entries[0]["fieldsV1"], parse(annotation));
  EXPECT_EQ(entries[1]["fieldsV1"], parse(R"({"f:data":{"f:b":{}}})"));
  object["metadata"]["managedFields"] = entries;
  EXPECT_TRUE(owners_patch(object, "csa", "kubectl").empty()) << "once";
}

}  // namespace
}  // namespace podrun::client
