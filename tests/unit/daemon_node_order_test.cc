// Which shares of a machine a node may have.
#include <gtest/gtest.h>

#include "supervisor/api/api_error.h"
#include "supervisor/daemon/node_order.h"

namespace podrun::daemon {
namespace {

using store::Json;

constexpr MachineShare kMachine{4, 8LL << 30};

std::string refusal(const char* field, const char* value) try {
  node_place({{"name", "two"}, {field, value}}, kMachine);
  return "";
} catch (const api::ApiError& error) {
  EXPECT_EQ(error.code(), 400);
  return error.what();
}

TEST(NodeOrder, SaysItsShare) {
  const pod::NodePlace place =
      node_place({{"name", "two"}, {"cpus", "4"}, {"memory", "512Mi"}}, kMachine);
  EXPECT_EQ(place.name, "two");
  EXPECT_EQ(place.cpus, 4);
  EXPECT_EQ(place.memory_bytes, 512LL << 20);
  EXPECT_EQ(node_place({{"name", "two"}}, kMachine).cpus, 0);
}

TEST(NodeOrder, IsOfThisMachineAndOfUse) {
  EXPECT_EQ(refusal("cpus", "9000000000000000000"),
            "cpus: Invalid value: \"9000000000000000000\": must be no more than this machine has: "
            "4");
  EXPECT_EQ(refusal("cpus", "0.5"),
            "cpus: Invalid value: \"0.5\": must be a whole number greater than 0");
  EXPECT_EQ(refusal("cpus", "-1"),
            "cpus: Invalid value: \"-1\": must be a whole number greater than 0");
  EXPECT_EQ(refusal("memory", "1"), "memory: Invalid value: \"1\": must be at least 1048576");
  EXPECT_EQ(refusal("memory", "9Gi"),
            "memory: Invalid value: \"9Gi\": must be no more than this machine has: 8589934592");
}

}  // namespace
}  // namespace podrun::daemon
