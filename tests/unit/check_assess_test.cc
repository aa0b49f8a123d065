// The host doctor on fabricated machines.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "supervisor/check/assess.h"

namespace podrun::check {
namespace {

using cgroups::Controller;
using cgroups::LayoutKind;

/// A machine on which everything works.
HostFacts good_machine() {
  HostFacts facts;
  facts.kernel_release = "6.1.0-26-amd64";
  facts.machine = "x86_64";
  facts.root = true;
  for (const char* name :
       {"CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN",
        "CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYS_CHROOT", "CAP_SYS_RESOURCE"}) {
    facts.capabilities[name] = true;
  }
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"}) {
    facts.namespaces[kind] = {};
  }
  facts.layout = {LayoutKind::kV2,
                  "/sys/fs/cgroup",
                  {Controller::kCpu, Controller::kMemory, Controller::kPids, Controller::kCpuset,
                   Controller::kIo},
                  {}};
  facts.cgroup_kill = facts.cgroup_freeze = facts.pressure = true;
  facts.data_dir = "/var/lib/podrun";
  facts.data_file_system = "ext4";
  facts.calls = {{"openat2", {}}, {"fsopen", {}}};
  facts.cni_folder = "/usr/lib/cni";
  facts.cni_plugins = {"bridge", "host-local", "loopback", "portmap"};
  facts.open_files_soft = 1024;
  facts.open_files_hard = 1048576;
  return facts;
}

Finding finding(const HostFacts& facts, const std::string& topic) {
  for (const Finding& one : assess(facts)) {
    if (one.topic == topic) return one;
  }
  ADD_FAILURE() << "no finding on " << topic;
  return {};
}

std::vector<std::string> topics_in(const HostFacts& facts, State state) {
  std::vector<std::string> topics;
  for (const Finding& one : assess(facts)) {
    if (one.state == state) topics.push_back(one.topic);
  }
  return topics;
}

TEST(Assess, AGoodMachineIsAllOk) {
  EXPECT_TRUE(topics_in(good_machine(), State::kDegraded).empty());
  EXPECT_TRUE(topics_in(good_machine(), State::kMissing).empty());
  EXPECT_FALSE(any_missing(assess(good_machine())));
}

TEST(Assess, EveryFindingThatIsNotOkSaysWhy) {
  const HostFacts nothing;
  for (const Finding& one : assess(nothing)) {
    if (one.state == State::kDegraded) {
      EXPECT_NE(one.effect, "") << one.topic;
    }
    if (one.state == State::kMissing) {
      EXPECT_NE(one.advice, "") << one.topic;
    }
  }
  EXPECT_TRUE(any_missing(assess(nothing)));
}

TEST(Assess, Kernels) {
  HostFacts facts = good_machine();
  for (const char* release : {"6.18.44", "5.12.0", "10.0"}) {
    facts.kernel_release = release;
    EXPECT_EQ(finding(facts, "kernel").state, State::kOk) << release;
  }
  for (const char* release : {"5.10.0-20-amd64", "4.19.0", "3.2"}) {
    facts.kernel_release = release;
    EXPECT_EQ(finding(facts, "kernel").state, State::kMissing) << release;
  }
}

TEST(Assess, SystemCallsThatAreNotThereOrBlocked) {
  HostFacts facts = good_machine();
  facts.calls["openat2"] = {ENOSYS, ""};
  EXPECT_EQ(finding(facts, "system call openat2").state, State::kMissing);
  EXPECT_EQ(finding(facts, "system calls").found, "fsopen");
  facts.calls["openat2"] = {EPERM, ""};
  EXPECT_NE(finding(facts, "system call openat2").advice.find("seccomp"), std::string::npos);
  facts.calls["openat2"] = {EINVAL, ""};
  EXPECT_EQ(finding(facts, "system calls").found, "openat2, fsopen");
}

TEST(Assess, Privileges) {
  HostFacts facts = good_machine();
  facts.capabilities["CAP_SYS_RESOURCE"] = false;
  EXPECT_EQ(finding(facts, "CAP_SYS_RESOURCE").state, State::kDegraded);
  facts.capabilities["CAP_MKNOD"] = false;
  EXPECT_EQ(finding(facts, "capabilities").found, "without CAP_MKNOD");
  facts.root = false;
  EXPECT_EQ(finding(facts, "root").state, State::kMissing);
}

TEST(Assess, Namespaces) {
  HostFacts facts = good_machine();
  facts.namespaces["user"] = {ENOSPC, ""};
  facts.namespaces["net"] = {EINVAL, ""};
  EXPECT_EQ(finding(facts, "namespace user").state, State::kDegraded);
  EXPECT_EQ(finding(facts, "namespace net").state, State::kMissing);
  EXPECT_EQ(finding(facts, "namespace pid").state, State::kOk);
}

TEST(Assess, AChrootWhoseRootIsNoMount) {
  HostFacts facts = good_machine();
  EXPECT_EQ(finding(facts, "root mount").state, State::kOk);
  facts.root_mount = {EINVAL, ""};
  EXPECT_EQ(finding(facts, "root mount").state, State::kMissing);
  EXPECT_NE(finding(facts, "root mount").advice.find("mount --bind DIR DIR"), std::string::npos);
  facts.root_mount = {EPERM, ""};
  EXPECT_EQ(finding(facts, "root mount").advice.find("chroot"), std::string::npos);
}

TEST(Assess, CgroupLayouts) {
  HostFacts facts = good_machine();
  facts.layout.kind = LayoutKind::kHybrid;
  facts.layout.v2_root = "/sys/fs/cgroup/unified";
  facts.layout.v2_controllers.clear();
  facts.layout.v1_mounts = {{Controller::kCpu, "/sys/fs/cgroup/cpu"},
                            {Controller::kPids, "/sys/fs/cgroup/pids"}};
  EXPECT_EQ(finding(facts, "cgroups").state, State::kDegraded);
  EXPECT_EQ(finding(facts, "controller memory").state, State::kDegraded);
  EXPECT_EQ(finding(facts, "controller io").state, State::kDegraded);
  EXPECT_EQ(finding(facts, "controllers").found, "cpu, pids, devices");
  facts.cgroup_made = {EROFS, "mkdir /sys/fs/cgroup/unified/x: Read-only file system"};
  EXPECT_EQ(finding(facts, "cgroups").state, State::kMissing);
  facts.layout.kind = LayoutKind::kNone;
  EXPECT_EQ(finding(facts, "cgroups").state, State::kMissing);
}

TEST(Assess, CgroupFiles) {
  HostFacts facts = good_machine();
  facts.cgroup_kill = facts.cgroup_freeze = facts.pressure = false;
  EXPECT_EQ(topics_in(facts, State::kDegraded),
            (std::vector<std::string>{"cgroup.kill", "cgroup.freeze"}));
  EXPECT_EQ(finding(facts, "pressure (PSI)").found.rfind("no, and not needed", 0), 0u);
  facts.clone_into_cgroup = {E2BIG, ""};
  EXPECT_EQ(finding(facts, "CLONE_INTO_CGROUP").state, State::kMissing);
}

TEST(Assess, Overlay) {
  HostFacts facts = good_machine();
  facts.overlay = {ENODEV, ""};
  EXPECT_EQ(finding(facts, "overlayfs").advice, "modprobe overlay");
  facts.overlay = {EINVAL, "fsconfig upperdir: Invalid argument"};
  EXPECT_EQ(finding(facts, "overlayfs").state, State::kMissing);
  facts.overlay = {};
  facts.overlay_write = {EROFS, ""};
  EXPECT_NE(finding(facts, "overlayfs").advice.find("--data-dir"), std::string::npos);
}

TEST(Assess, Cni) {
  HostFacts facts = good_machine();
  facts.cni_plugins = {"bridge", "loopback"};
  EXPECT_EQ(finding(facts, "CNI plugins").found, "/usr/lib/cni is without host-local, portmap");
  facts.cni_folder.clear();
  EXPECT_EQ(finding(facts, "CNI plugins").state, State::kDegraded);
}

}  // namespace
}  // namespace podrun::check
