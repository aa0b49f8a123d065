#include <gtest/gtest.h>

#include "cgroups/layout.h"
#include "cgroups/mountinfo.h"

namespace podrun::cgroups {
namespace {

constexpr const char* kRoot = "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";

TEST(DetectLayout, V2Only) {
  const Layout layout = detect_layout(
      std::string(kRoot) +
          "24 20 0:22 / /sys rw shared:7 - sysfs sysfs rw\n"
          "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
      "cpuset cpu io memory hugetlb pids rdma misc\n");
  EXPECT_EQ(layout.kind, LayoutKind::kV2);
  EXPECT_EQ(layout.v2_root, "/sys/fs/cgroup");
  EXPECT_EQ(layout.v2_controllers, (std::set{Controller::kCpu, Controller::kCpuset, Controller::kIo,
                                             Controller::kMemory, Controller::kPids}));
  EXPECT_TRUE(layout.v1_mounts.empty());
  EXPECT_TRUE(layout.can_limit(Controller::kDevices));
  EXPECT_TRUE(layout.can_limit(Controller::kMemory));
}

TEST(DetectLayout, HybridWithSeparateAndCoMountedControllers) {
  const Layout layout = detect_layout(
      std::string(kRoot) +
          "31 20 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
          "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
          "33 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
          "34 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
          "35 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
          "36 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
      "hugetlb\n");
  EXPECT_EQ(layout.kind, LayoutKind::kHybrid);
  EXPECT_EQ(layout.v2_root, "/sys/fs/cgroup/unified");
  EXPECT_TRUE(layout.v2_controllers.empty());
  EXPECT_EQ(layout.v1_mounts,
            (std::map<Controller, std::string>{{Controller::kCpu, "/sys/fs/cgroup/cpu,cpuacct"},
                                               {Controller::kCpuacct, "/sys/fs/cgroup/cpu,cpuacct"},
                                               {Controller::kMemory, "/sys/fs/cgroup/memory"},
                                               {Controller::kIo, "/sys/fs/cgroup/blkio"}}));
  EXPECT_TRUE(layout.can_limit(Controller::kIo));
  EXPECT_FALSE(layout.can_limit(Controller::kPids));
}

TEST(DetectLayout, WithoutAV2TreeThereIsNone) {
  const Layout layout = detect_layout(
      std::string(kRoot) + "33 20 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n", "");
  EXPECT_EQ(layout.kind, LayoutKind::kNone);
  EXPECT_FALSE(layout.can_limit(Controller::kMemory));
  EXPECT_FALSE(layout.can_limit(Controller::kDevices));
  EXPECT_EQ(to_string(layout.kind), "none");
}

TEST(DetectLayout, PrefersTheMountOfTheWholeHierarchy) {
  const Layout layout =
      detect_layout(std::string(kRoot) +
                        "40 20 0:26 /system.slice /srv/part rw - cgroup2 cgroup2 rw\n"
                        "41 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
                        "42 20 0:26 / /srv/again rw - cgroup2 cgroup2 rw\n",
                    "cpu");
  EXPECT_EQ(layout.v2_root, "/sys/fs/cgroup");
}

TEST(DetectLayout, LeavesOutWhatALaterMountCovers) {
  const std::string mounts = std::string(kRoot) +
                             "31 20 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
                             "33 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
                             "50 31 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
  const Layout layout = detect_layout(mounts, "memory");
  EXPECT_EQ(layout.kind, LayoutKind::kV2);
  EXPECT_EQ(layout.v2_root, "/sys/fs/cgroup");
}

TEST(DetectLayout, OfThisMachineNamesAFolder) {
  const Layout layout = detect_layout();
  if (layout.kind == LayoutKind::kNone) GTEST_SKIP() << "no cgroup v2 tree";
  EXPECT_EQ(layout.v2_root.front(), '/');
}

TEST(Mountinfo, ReadsOptionalFieldsAndEscapes) {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /a\\040b /mnt\\134x\\011y rw,noatime master:1 shared:2 - ext3 /dev/root rw,x\n"
      "37 35 98:0 / /plain rw - tmpfs none rw\n"
      "garbage\n"
      "38 35 98:0 / /no/dash rw\n");
  ASSERT_EQ(mounts.size(), 2u);
  EXPECT_EQ(mounts[0].id, 36);
  EXPECT_EQ(mounts[0].parent, 35);
  EXPECT_EQ(mounts[0].root, "/a b");
  EXPECT_EQ(mounts[0].mount_point, "/mnt\\x\ty");
  EXPECT_EQ(mounts[0].type, "ext3");
  EXPECT_EQ(mounts[0].super_options, "rw,x");
  EXPECT_EQ(mounts[1].mount_point, "/plain");
}

TEST(Mountinfo, KeepsWhatIsNoEscape) {
  EXPECT_EQ(unescape_octal("a\\04"), "a\\04");
  EXPECT_EQ(unescape_octal("\\089"), "\\089");
  EXPECT_EQ(unescape_octal("\\303\\244"), "ä");
}

TEST(Mountinfo, VisibilityFollowsParents) {
  const auto mounts = parse_mountinfo(
      "1 1 0:1 / / rw - rootfs rootfs rw\n"
      "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
      "24 20 0:22 / /sys rw - sysfs sysfs rw\n"
      "25 24 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
      "26 24 0:22 / /sys rw - sysfs sysfs rw\n"
      "27 26 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
      "28 20 0:9 / /system rw - tmpfs tmpfs rw\n");
  std::vector<int> visible;
  for (const MountLine& mount : mounts)
    if (is_visible(mount, mounts)) visible.push_back(mount.id);
  EXPECT_EQ(visible, (std::vector{20, 26, 27, 28}));
}

}  // namespace
}  // namespace podrun::cgroups
