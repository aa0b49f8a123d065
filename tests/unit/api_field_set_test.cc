// Paths, sets of fields, and objects taken apart by them.
#include <gtest/gtest.h>

#include "supervisor/api/field_path.h"
#include "supervisor/api/field_walk.h"
#include "supervisor/api/managed_fields.h"

namespace podrun::api {
namespace {

const PatchSchema* pod() { return &patch_schema("Pod"); }

Json pod_with(const Json& containers) {
  return {{"metadata", Json::object()}, {"spec", {{"containers", containers}}}};
}

TEST(FieldPath, Elements) {
  const PatchField set{"finalizers", true};
  const PatchField map{"containers", true, "name"};
  PatchField ports{"ports", true, "containerPort"};
  ports.second_key = "protocol";
  ports.second_default = "TCP";
  EXPECT_EQ(item_element("a\"b", set), R"(v:"a\"b")");
  EXPECT_EQ(item_element({{"name", "a"}, {"image", "x"}}, map), R"(k:{"name":"a"})");
  EXPECT_EQ(item_element({{"containerPort", 80}}, ports),
            R"(k:{"containerPort":80,"protocol":"TCP"})");
  EXPECT_EQ(item_element({{"image", "x"}}, map), std::nullopt);
  EXPECT_EQ(item_element("a", map), std::nullopt);
  EXPECT_EQ(canonical_element(R"(k:{"protocol":"TCP", "containerPort":80})"),
            R"(k:{"containerPort":80,"protocol":"TCP"})");
  EXPECT_EQ(canonical_element("k:[1]"), std::nullopt);
  EXPECT_EQ(canonical_element("x"), std::nullopt);
}

TEST(FieldPath, Text) {
  EXPECT_EQ(path_text({"f:spec", "f:containers", R"(k:{"name":"a"})", "f:image"}),
            R"(.spec.containers[name="a"].image)");
  EXPECT_EQ(path_text({R"(k:{"containerPort":80,"protocol":"TCP"})"}),
            R"([containerPort=80,protocol="TCP"])");
  EXPECT_EQ(path_text({"f:finalizers", R"(v:"x")"}), R"(.finalizers[="x"])");
}

TEST(FieldSet, KeepsItsForm) {
  const Json fields = Json::parse(
      R"({"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:image":{}}}}})");
  EXPECT_EQ(FieldSet::from_json(fields).to_json().dump(), fields.dump());
  EXPECT_TRUE(FieldSet::from_json(Json::parse("[1]")).empty());
  EXPECT_TRUE(FieldSet::from_json(Json::parse(R"({"x":{},"k:3":{}})")).empty());
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += R"({"f:a":)";
  deep += "{}" + std::string(500, '}');
  EXPECT_TRUE(FieldSet::from_json(Json::parse(deep)).empty());
}

TEST(FieldSet, Algebra) {
  const auto set = [](const char* text) { return FieldSet::from_json(Json::parse(text)); };
  const FieldSet a = set(R"({"f:x":{".":{},"f:y":{}},"f:z":{}})");
  const FieldSet b = set(R"({"f:x":{"f:y":{}},"f:w":{}})");
  EXPECT_EQ(a.united(b).to_json().dump(), R"({"f:w":{},"f:x":{".":{},"f:y":{}},"f:z":{}})");
  EXPECT_EQ(a.without(b).to_json().dump(), R"({"f:x":{},"f:z":{}})");
  EXPECT_EQ(a.shared(b).to_json().dump(), R"({"f:x":{"f:y":{}}})");
  EXPECT_EQ(b.with_named_fields().to_json().dump(), R"({"f:w":{},"f:x":{".":{},"f:y":{}}})");
  EXPECT_TRUE(a.without(a).empty());
}

TEST(FieldWalk, FieldsOfAnObject) {
  const Json object = Json::parse(R"({
    "metadata": {"labels": {"app": "kubia"}, "finalizers": ["x"]},
    "spec": {"containers": [{"name": "a", "ports": [{"containerPort": 80}], "args": ["1"],
                             "resources": {}}],
             "nodeSelector": {"disk": "ssd"}}})");
  EXPECT_EQ(fields_of(object, pod()).to_json(),
            Json::parse(
                R"({"f:metadata":{"f:finalizers":{"v:\"x\"":{}},"f:labels":{"f:app":{}}},
              "f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{".":{},"f:args":{},"f:name":{},
                "f:ports":{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}},
                "f:resources":{}}},"f:nodeSelector":{}}})"));
}

TEST(FieldWalk, Compares) {
  const Json before = pod_with({{{"name", "a"}, {"image", "1"}}, {{"name", "b"}}});
  const Json after =
      pod_with({{{"name", "c"}, {"image", "2"}}, {{"name", "a"}, {"image", "2"}, {"tty", true}}});
  const Comparison found = compare_fields(before, after, pod());
  EXPECT_EQ(found.modified.to_json().dump(),
            R"({"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{"f:image":{}}}}})");
  EXPECT_EQ(
      found.added.to_json().dump(),
      R"({"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{"f:tty":{}},"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{}}}}})");
  EXPECT_EQ(found.removed.to_json().dump(),
            R"({"f:spec":{"f:containers":{"k:{\"name\":\"b\"}":{".":{},"f:name":{}}}}})");
}

TEST(FieldWalk, LaysOver) {
  const auto names = [](const Json& merged) {
    std::string all;
    for (const Json& each : merged["spec"]["containers"]) all += each["name"].get<std::string>();
    return all;
  };
  const auto of = [](const std::string& text) {
    Json containers = Json::array();
    for (const char name : text) containers.push_back({{"name", std::string(1, name)}});
    return pod_with(containers);
  };
  EXPECT_EQ(names(laid_over(of("abc"), of("b"), pod())), "abc");
  EXPECT_EQ(names(laid_over(of("abc"), of("ca"), pod())), "bca");
  EXPECT_EQ(names(laid_over(of("xy"), of("ab"), pod())), "xyab");
  EXPECT_EQ(names(laid_over(of("xa"), of("ba"), pod())), "xba");
  EXPECT_EQ(names(laid_over(of("abc"), of("ac"), pod())), "abc");
  Json live = pod_with({{{"name", "a"}, {"image", "1"}, {"args", {"1", "2"}}}});
  const Json config = pod_with({{{"name", "a"}, {"args", {"3"}}}});
  EXPECT_EQ(laid_over(live, config, pod())["spec"]["containers"][0].dump(),
            R"({"name":"a","image":"1","args":["3"]})");
}

TEST(FieldWalk, TakesOut) {
  const Json object =
      pod_with({{{"name", "a"}, {"image", "1"}}, {{"name", "b"}, {"resources", {{"x", 1}}}}});
  const auto left = [&](const char* fields) {
    return without_fields(object, FieldSet::from_json(Json::parse(fields)), pod())["spec"].dump();
  };
  EXPECT_EQ(left(R"({"f:spec":{"f:containers":{"k:{\"name\":\"a\"}":{}}}})"),
            R"({"containers":[{"name":"b","resources":{"x":1}}]})");
  EXPECT_EQ(
      left(
          R"({"f:spec":{"f:containers":{"k:{\"name\":\"b\"}":{"f:resources":{"f:x":{}}},"k:{\"name\":\"a\"}":{}}}})"),
      R"({"containers":[{"name":"b"}]})");
}

TEST(FieldWalk, ListErrors) {
  EXPECT_TRUE(list_errors(pod_with({{{"name", "a"}}}), pod()).empty());
  const auto errors = list_errors(pod_with({{{"name", "a"}}, {{"name", "a"}}, {{"x", 1}}}), pod());
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0], R"(.spec.containers: duplicate entries for key [name="a"])");
  EXPECT_EQ(errors[1],
            R"(.spec.containers: element 2: associative list with keys has an element that omits )"
            R"(key field "name")");
}

TEST(ManagedFields, ReadsAndWrites) {
  const Json entry{{"apiVersion", "v1"},
                   {"fieldsType", "FieldsV1"},
                   {"fieldsV1", {{"f:x", Json::object()}}},
                   {"manager", "kubectl"},
                   {"operation", "Update"},
                   {"subresource", "status"},
                   {"time", "2026-11-23T10:00:00Z"}};
  const auto owners = read_owners(Json::array({entry}));
  ASSERT_TRUE(owners);
  EXPECT_EQ(to_json(*owners)[0].dump(), entry.dump());
  EXPECT_EQ(owner_text((*owners)[0]), R"("kubectl" with subresource "status" using v1)");
  Json wrong = entry;
  wrong["operation"] = "Steal";
  EXPECT_FALSE(read_owners(Json::array({wrong})));
  EXPECT_FALSE(read_owners(Json::object()));
  EXPECT_FALSE(read_owners(Json::array({3})));
}

TEST(ManagedFields, OldestOfManyUpdatersBecomeOne) {
  FieldOwners owners;
  for (int i = 0; i < 13; ++i) {
    const std::string name = std::to_string(10 + i);
    FieldSet fields;
    FieldSet leaf;
    leaf.add_member();
    fields.put("f:" + name, leaf);
    owners.push_back({"m" + name, false, "v1", "", "2026-11-23T10:00:" + name + "Z", fields});
  }
  tidy(owners);
  ASSERT_EQ(owners.size(), 10U);
  EXPECT_EQ(owners[0].manager, "ancient-changes");
  EXPECT_EQ(owners[0].fields.below().size(), 4U);
  EXPECT_EQ(owners[0].time, "2026-11-23T10:00:13Z");
}

}  // namespace
}  // namespace podrun::api
