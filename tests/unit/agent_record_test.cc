#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/agent/node_record.h"
#include "tests/support/temp_dir.h"

namespace podrun::agent {
namespace {

class NodeRecordTest : public testing::Test {
 protected:
  NodeRecord record() const {
    NodeRecord made;
    made.place = {"two", "podrun/nodes/two-12345678", 2, 1 << 30};
    made.labels = {{"disk", "ssd"}, {"empty", ""}};
    made.machine = {folder_ / "data", folder_ / "run", folder_ / "logs"};
    made.socket = folder_ / "run/podrun.sock";
    made.version = "1.2.3";
    made.renewal = Seconds(3);
    return made;
  }
  test::TempDir folder_{"podrun-record"};
};

TEST_F(NodeRecordTest, IsReadAsItWasWritten) {
  NodeRecord before = record();
  before.removing = before.allow_no_limits = true;
  save(before);
  EXPECT_EQ(recorded_nodes(folder_ / "data"), std::vector<std::string>{"two"});
  const NodeRecord after = load(before.file());
  EXPECT_EQ(after.to_json(), before.to_json());
  EXPECT_EQ(after.place.memory_bytes, 1 << 30);
  EXPECT_EQ(after.labels, before.labels);
  EXPECT_EQ(after.renewal, Seconds(3));
  EXPECT_TRUE(after.removing);
}

TEST_F(NodeRecordTest, FoldersAreBelowTheMachines) {
  const pod::Roots roots = record().roots();
  EXPECT_EQ(roots.data_dir, folder_ / "data/nodes/two");
  EXPECT_EQ(roots.run_dir, folder_ / "run/nodes/two");
  EXPECT_EQ(roots.log_dir, folder_ / "logs/nodes/two");
  EXPECT_TRUE(recorded_nodes(folder_ / "data").empty());
}

TEST_F(NodeRecordTest, SaysThatItIsDamaged) {
  EXPECT_THROW(NodeRecord::from_json("{"), Error);
  EXPECT_THROW(NodeRecord::from_json("{}"), Error);
  EXPECT_THROW(NodeRecord::from_json(R"({"name": 1})"), Error);
  EXPECT_THROW(load(record().file()), Error);
}

TEST_F(NodeRecordTest, APartitionStaysUntilItIsHealed) {
  EXPECT_FALSE(is_partitioned(record()));
  set_partitioned(record(), true);
  EXPECT_TRUE(is_partitioned(record()));
  set_partitioned(record(), false);
  EXPECT_FALSE(is_partitioned(record()));
}

}  // namespace
}  // namespace podrun::agent
