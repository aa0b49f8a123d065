// Which devices a container may open.
#include "supervisor/pod/pod_cgroup.h"

#include <gtest/gtest.h>

#include "cgroups/device_rules.h"

namespace podrun::pod {
namespace {

using cgroups::allows;
constexpr std::uint32_t kOpen = cgroups::kAccessRead | cgroups::kAccessWrite;

TEST(ContainerDevices, AreTheUsualOnes) {
  const auto rules = container_devices({});
  for (const std::int64_t minor : {3, 5, 7, 8, 9}) {
    EXPECT_TRUE(allows(rules, 'c', 1, minor, cgroups::kAccessAll)) << minor;
  }
  EXPECT_TRUE(allows(rules, 'c', 5, 0, kOpen));
  EXPECT_TRUE(allows(rules, 'c', 5, 2, kOpen));
  EXPECT_TRUE(allows(rules, 'c', 136, 7, kOpen));
}

TEST(ContainerDevices, AreNotTheHostsDisksAndMemory) {
  const auto rules = container_devices({});
  for (const std::uint32_t access : {cgroups::kAccessRead, cgroups::kAccessWrite}) {
    EXPECT_FALSE(allows(rules, 'b', 8, 0, access));
    EXPECT_FALSE(allows(rules, 'c', 1, 1, access));
  }
  EXPECT_TRUE(allows(rules, 'b', 8, 0, cgroups::kAccessMknod)) << "as with other runtimes";
}

TEST(ContainerDevices, AreAllThereAreForPrivilegedOnes) {
  manifest::Container container;
  container.security_context = manifest::SecurityContext{};
  container.security_context->privileged = true;
  EXPECT_TRUE(allows(container_devices(container), 'b', 8, 0, cgroups::kAccessAll));
}

TEST(ContainerDevices, CanBeSaidToCgroupV1) {
  EXPECT_FALSE(cgroups::to_v1_list(container_devices({})).allow_others);
}

}  // namespace
}  // namespace podrun::pod
