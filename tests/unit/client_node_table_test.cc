// Nodes that were added, in the table of nodes.
#include <gtest/gtest.h>

#include "supervisor/client/node_table.h"

namespace podrun::client {
namespace {

TEST(NodeTable, SaysWhoIsPartitionedOrGoes) {
  Json table = {{"columnDefinitions", Json::array({{{"name", "Name"}}, {{"name", "Status"}}})},
                {"rows", Json::array()}};
  for (const char* name : {"box", "two", "three"}) {
    table["rows"].push_back(
        {{"cells", {name, "Ready"}}, {"object", {{"metadata", {{"name", name}}}}}});
  }
  const auto item = [](const char* name, bool partitioned, bool removing) {
    return Json{{"name", name}, {"partitioned", partitioned}, {"removing", removing}};
  };
  tell_of_added_nodes(
      table, {{"items", Json::array({item("two", true, false), item("three", false, true)})}});
  EXPECT_EQ(table["rows"][0]["cells"][1], "Ready");
  EXPECT_EQ(table["rows"][1]["cells"][1], "Ready,Partitioned");
  EXPECT_EQ(table["rows"][2]["cells"][1], "Ready,Removing");
}

}  // namespace
}  // namespace podrun::client
