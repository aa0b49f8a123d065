// The daemon's list of added nodes, with agents that are other programs.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "supervisor/api/api_error.h"
#include "supervisor/daemon/added_nodes.h"
#include "tests/support/fake_api.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/temp_dir.h"

namespace podrun::daemon {
namespace {

using store::Json;

class AddedNodesList : public ::testing::Test {
 protected:
  AddedNodesOptions options(const std::string& program) {
    AddedNodesOptions made;
    made.roots = roots_;
    made.socket = dir_.path() + "/socket";
    made.program = program;
    made.version = "test";
    made.log = [](const std::string&) {};
    made.after_commit = [](const std::function<void(bool)>& then) { then(true); };
    return made;
  }
  static pod::NodePlace two() {
    pod::NodePlace place;
    place.name = "two";
    return place;
  }
  static bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }
  agent::NodeRecord record() const {
    agent::NodeRecord made;
    made.place = two();
    made.place.cgroup = "podrun/nodes/two-01234567";
    made.machine = roots_;
    return made;
  }
  /// A program that says that it ran.
  void write_program() const { replace_file(program_, "#!/bin/sh\n>" + ran_ + "\n", 0755); }

  const test::TempDir dir_;
  const pod::Roots roots_{dir_.path() + "/data", dir_.path() + "/run", dir_.path() + "/log"};
  const std::string program_ = dir_.path() + "/agent", ran_ = dir_.path() + "/ran";
  SystemClock clock_;
  test::FakeApi api_;
  test::PollReactor reactor_;
};

TEST_F(AddedNodesList, OneWhoseAgentCannotBeStartedIsNotAdded) {
  AddedNodes nodes(options(program_), api_, reactor_, clock_);
  EXPECT_THROW(nodes.add(two(), {}), Error);
  EXPECT_FALSE(nodes.contains("two"));
  EXPECT_FALSE(exists(record().file()));
  EXPECT_FALSE(exists(record().roots().run_dir));
  write_program();
  nodes.add(two(), {});
  EXPECT_TRUE(reactor_.run_until([&] { return exists(ran_); }));
}

TEST_F(AddedNodesList, ARecordedOneIsStartedWhenItsProgramIsThereAgain) {
  agent::save(record());
  AddedNodes nodes(options(program_), api_, reactor_, clock_);
  nodes.start();
  EXPECT_TRUE(nodes.contains("two"));
  write_program();
  EXPECT_TRUE(reactor_.run_until([&] { return exists(ran_); }));
}

TEST_F(AddedNodesList, IsNotBornIntoAnEarlierOnesPartition) {
  agent::set_partitioned(record(), true);
  write_program();
  AddedNodes nodes(options(program_), api_, reactor_, clock_);
  nodes.add(two(), {});
  EXPECT_EQ(nodes.list()["items"][0]["partitioned"], false);
}

TEST_F(AddedNodesList, OneThatIsBeingRemovedIsCordonedAndNotPartitioned) {
  api_.create("nodes", "", {{"metadata", {{"name", "two"}}}, {"spec", Json::object()}});
  api_.create("leases.coordination.k8s.io", "kube-node-lease", {{"metadata", {{"name", "two"}}}});
  write_program();
  AddedNodes nodes(options(program_), api_, reactor_, clock_);
  nodes.add(two(), {});
  nodes.set_partitioned("two", true);
  nodes.set_partitioned("two", false);
  nodes.remove("two");
  EXPECT_EQ(api_.get({"nodes", "", "two"})->json->at("spec").at("unschedulable"), true);
  try {
    nodes.set_partitioned("two", true);
    FAIL();
  } catch (const api::ApiError& error) {
    EXPECT_EQ(error.code(), 409);
  }
  EXPECT_TRUE(agent::load(record().file()).removing);
  EXPECT_TRUE(reactor_.run_until([&] { return !nodes.contains("two"); }));
  EXPECT_EQ(api_.get({"nodes", "", "two"}), nullptr);
}

}  // namespace
}  // namespace podrun::daemon
