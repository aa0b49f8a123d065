#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/client/columns.h"
#include "supervisor/client/path_template.h"

namespace podrun::client {
namespace {

const Json& list() {
  static const Json json = Json::parse(R"json({
    "kind": "List",
    "items": [
      {"metadata": {"name": "a", "labels": {"app": "x", "example.com/tier": "web"}},
       "spec": {"n": 2, "on": true, "containers": [{"name": "c1", "image": "i1"}, {"name": "c2"}]},
       "status": {"phase": "Running"}},
      {"metadata": {"name": "b"}, "spec": {"n": 10, "x": null}, "status": {"phase": "Pending"}}
    ]})json");
  return json;
}

std::string fill(std::string_view text) { return PathTemplate::parse(text).fill(list()); }

// Each line was compared with kubectl 1.35.
TEST(PathTemplate, FillsAsKubectlDoes) {
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {"{.kind}", "List"},
      {"{.items[*].metadata.name}", "a b"},
      {"{.items[0].metadata.name}-{.items[-1].metadata.name}", "a-b"},
      {"{.items[0:1].metadata.name}", "a"},
      {"{.items[::2].metadata.name}", "a"},
      {"{.items[*]['metadata.name','status.phase']}", "a Running b Pending"},
      {"{.items[0].metadata['name']}", "a"},
      {R"({.items[0].metadata.labels.example\.com/tier})", "web"},
      {R"({.items[?(@.status.phase=="Running")].metadata.name})", "a"},
      {R"({.items[?(@.status.phase!='Running')].metadata.name})", "b"},
      {"{.items[?(@.spec.n>5)].metadata.name}", "b"},
      {"{.items[?(@.spec.containers)].metadata.name}", "a"},
      {"{.items[0].spec.containers[*].image}", "i1"},
      {"{.items[0].metadata.labels}", R"({"app":"x","example.com/tier":"web"})"},
      {"{.items[0].spec.n} {.items[0].spec.on}", "2 true"},
      {"{.nothing.at.all}", ""},
      {"{range .items[*]}{.metadata.name}={.spec.n}{\"\\n\"}{end}", "a=2\nb=10\n"},
      {"{range .items[*]}{range .spec.containers[*]}{.name},{end};{end}", "c1,c2,;;"},
      {"{$.kind}{@.kind}", "ListList"},
      {"{.items[*].spec.containers[*]..image}", "i1"},
      {"{'quoted'}", "quoted"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(fill(text), expected) << text;
}

TEST(PathTemplate, RefusesWhatIsNone) {
  for (const char* text : {"{.a", "{.items[0}", "{range .items[*]}", "{end}", "{.items[a]}",
                           "{.items[1:2:0]}", "{foo}", "{\"a}"}) {
    EXPECT_THROW(PathTemplate::parse(text), BadInput) << text;
  }
  EXPECT_THROW(fill("{.items[5]}"), Error);
}

TEST(PathTemplate, TakesPathsWithoutBraces) {
  for (const char* text : {"{.kind}", ".kind", "kind", "$.kind"}) {
    EXPECT_EQ(PathTemplate::parse_relaxed(text).fill(list()), "List") << text;
  }
}

TEST(PathTemplate, GivesAnArrayForEachPath) {
  const auto arrays = [](std::string_view text) {
    return Json(PathTemplate::parse(text).arrays(list())).dump();
  };
  EXPECT_EQ(arrays("{.items[*].metadata.name}"), R"([["a","b"]])");
  EXPECT_EQ(arrays("{.kind}{.items[*].spec.n}"), R"([["List"],[2,10]])");
  EXPECT_EQ(arrays("{.kind} {.nothing}"), R"([["List"],[" "],[]])");
  EXPECT_EQ(arrays("{range .items[*]}{.metadata.name}{.spec.n}{end}"), R"([["a"],[2],["b"],[10]])");
}

TEST(PathTemplate, PrintsValuesAsGo) {
  EXPECT_EQ(go_value_text(Json::parse(R"({"b":[1,"x"],"a":null})")), "map[a:<nil> b:[1 x]]");
  EXPECT_EQ(go_value_text("x"), "x");
  EXPECT_EQ(template_text(1e9), "1000000000");
}

TEST(Columns, AreCustom) {
  const CustomColumns columns =
      CustomColumns::parse("NAME:.metadata.name,C:.spec.containers[*].name,X:.spec.x");
  EXPECT_EQ(columns.titles(), (Row{"NAME", "C", "X"}));
  EXPECT_EQ(columns.row(list()["items"][0]), (Row{"a", "c1,c2", "<none>"}));
  EXPECT_EQ(columns.row(list()["items"][1]), (Row{"b", "<none>", "<none>"}));
  for (const char* spec : {"", "NAME", ":.a", "A:.b,"}) {
    EXPECT_THROW(CustomColumns::parse(spec), BadInput) << spec;
  }
  const CustomColumns from_file =
      CustomColumns::parse_file("N   P\n.metadata.name  .status.phase\n");
  EXPECT_EQ(from_file.row(list()["items"][1]), (Row{"b", "Pending"}));
}

TEST(Columns, OrderByValues) {
  const auto order = [](const char* values) {
    const Json objects = Json::parse(values);
    std::vector<const Json*> pointers;
    for (const Json& object : objects) pointers.push_back(&object);
    return sorted_places(pointers, PathTemplate::parse_relaxed(".v"));
  };
  using Places = std::vector<std::size_t>;
  EXPECT_EQ(order(R"([{"v":10},{"v":9},{"v":9}])"), (Places{1, 2, 0}));
  EXPECT_EQ(order(R"([{"v":"pod-10"},{"v":"pod-9"}])"), (Places{1, 0}));
  EXPECT_EQ(order(R"([{"v":"1Gi"},{"v":"128Mi"},{}])"), (Places{2, 1, 0}));
  EXPECT_THROW(order("[{}]"), Error);
}

Json table() {
  return Json::parse(R"json({
    "columnDefinitions": [
      {"name": "Name", "format": "name", "priority": 0}, {"name": "Ready", "priority": 0},
      {"name": "Node", "priority": 1}],
    "rows": [
      {"cells": ["a", "1/1", "vm"],
       "object": {"metadata": {"namespace": "n", "labels": {"app": "x", "e.com/tier": "web"}}}},
      {"cells": ["b", 2, null], "object": {"metadata": {"namespace": "n"}}}]})json");
}

TEST(Columns, AreNamesAndAgesWithoutTheServers) {
  Json answer = table();
  answer["rows"][0]["object"]["metadata"]["name"] = "a";
  answer["rows"][0]["object"]["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z";
  const Json generic = generic_table(answer, parse_rfc3339("2026-01-01T00:01:30Z"));
  EXPECT_EQ(table_header(generic, {}), (Row{"NAME", "AGE"}));
  EXPECT_EQ(table_rows(generic, generic["columnDefinitions"], {}),
            (std::vector<Row>{{"a", "90s"}, {"", "<unknown>"}}));
}

TEST(Columns, OfTheServersTable) {
  const Json answer = table();
  const Json& columns = answer["columnDefinitions"];
  EXPECT_EQ(table_header(answer, {}), (Row{"NAME", "READY"}));
  EXPECT_EQ(table_rows(answer, columns, {}), (std::vector<Row>{{"a", "1/1"}, {"b", "2"}}));
  TableView view;
  view.wide = view.with_namespace = view.show_labels = true;
  view.kind = "pod";
  view.label_columns = {"e.com/tier"};
  EXPECT_EQ(table_header(answer, view),
            (Row{"NAMESPACE", "NAME", "READY", "NODE", "TIER", "LABELS"}));
  EXPECT_EQ(table_rows(answer, columns, view),
            (std::vector<Row>{{"n", "pod/a", "1/1", "vm", "web", "app=x,e.com/tier=web"},
                              {"n", "pod/b", "2", "", "", "<none>"}}));
}

}  // namespace
}  // namespace podrun::client
