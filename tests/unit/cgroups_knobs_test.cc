// Which files are written and read, on fake trees of plain folders and files.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/cgroup.h"
#include "tests/support/temp_dir.h"

namespace podrun::cgroups {
namespace {

class FakeTree : public ::testing::Test {
 protected:
  Layout v2() const {
    return {.kind = LayoutKind::kV2,
            .v2_root = temp_ / "v2",
            .v2_controllers = {Controller::kCpu, Controller::kMemory, Controller::kPids,
                               Controller::kIo, Controller::kCpuset}};
  }
  Layout hybrid() const {
    return {.kind = LayoutKind::kHybrid,
            .v2_root = temp_ / "v2",
            .v1_mounts = {{Controller::kCpu, temp_ / "cpu"},
                          {Controller::kCpuacct, temp_ / "cpu"},
                          {Controller::kMemory, temp_ / "memory"},
                          {Controller::kPids, temp_ / "pids"},
                          {Controller::kIo, temp_ / "blkio"},
                          {Controller::kCpuset, temp_ / "cpuset"},
                          {Controller::kDevices, temp_ / "devices"}}};
  }
  void file(const std::string& path, const std::string& content = "") {
    make_dirs((temp_ / path).substr(0, (temp_ / path).rfind('/')));
    replace_file(temp_ / path, content);
  }
  std::string content(const std::string& path) const { return read_file(temp_ / path); }

  test::TempDir temp_;
};

TEST_F(FakeTree, V2Limits) {
  for (const char* knob :
       {"cpu.max", "cpu.weight", "memory.max", "memory.low", "memory.high", "memory.swap.max",
        "memory.oom.group", "pids.max", "io.max", "cpuset.cpus", "cpuset.mems"})
    file(std::string("v2/podrun/a/") + knob);
  Cgroup cgroup = Cgroup::open(v2(), "podrun/a");
  cgroup.apply({.cpu_max = CpuMax{50000},
                .cpu_shares = 512,
                .memory_max = 1 << 20,
                .memory_low = 4096,
                .memory_high = -1,
                .memory_swap_max = 0,
                .memory_oom_group = true,
                .pids_max = 10,
                .cpuset_cpus = "0",
                .cpuset_mems = "0-1",
                .io_max = {{.major = 8, .minor = 0, .write_bps = 7}}});
  EXPECT_EQ(content("v2/podrun/a/cpu.max"), "50000 100000");
  EXPECT_EQ(content("v2/podrun/a/cpu.weight"), "20");
  EXPECT_EQ(content("v2/podrun/a/memory.max"), "1048576");
  EXPECT_EQ(content("v2/podrun/a/memory.low"), "4096");
  EXPECT_EQ(content("v2/podrun/a/memory.high"), "max");
  EXPECT_EQ(content("v2/podrun/a/memory.swap.max"), "0");
  EXPECT_EQ(content("v2/podrun/a/memory.oom.group"), "1");
  EXPECT_EQ(content("v2/podrun/a/pids.max"), "10");
  EXPECT_EQ(content("v2/podrun/a/io.max"), "8:0 wbps=7");
  EXPECT_EQ(content("v2/podrun/a/cpuset.cpus"), "0");
  EXPECT_EQ(content("v2/podrun/a/cpuset.mems"), "0-1");
}

TEST_F(FakeTree, V1Limits) {
  for (const char* knob :
       {"cpu/a/cpu.cfs_quota_us", "cpu/a/cpu.cfs_period_us", "cpu/a/cpu.shares",
        "memory/a/memory.limit_in_bytes", "memory/a/memory.memsw.limit_in_bytes",
        "memory/a/memory.soft_limit_in_bytes", "pids/a/pids.max",
        "blkio/a/blkio.throttle.read_bps_device", "blkio/a/blkio.throttle.write_iops_device",
        "cpuset/a/cpuset.cpus", "cpuset/a/cpuset.mems", "v2/a/cgroup.events"})
    file(knob);
  Cgroup cgroup = Cgroup::open(hybrid(), "a");
  cgroup.apply({.cpu_max = CpuMax{500},
                .cpu_shares = 1,
                .memory_max = 1 << 20,
                .memory_low = 4096,
                .memory_swap_max = 1 << 10,
                .memory_oom_group = true,
                .pids_max = -1,
                .cpuset_cpus = "1",
                .io_max = {{.major = 8, .minor = 1, .read_bps = 5, .write_iops = 6}}});
  EXPECT_EQ(content("cpu/a/cpu.cfs_quota_us"), "1000");
  EXPECT_EQ(content("cpu/a/cpu.cfs_period_us"), "100000");
  EXPECT_EQ(content("cpu/a/cpu.shares"), "2");
  EXPECT_EQ(content("memory/a/memory.limit_in_bytes"), "1048576");
  EXPECT_EQ(content("memory/a/memory.memsw.limit_in_bytes"), "1049600");
  EXPECT_EQ(content("memory/a/memory.soft_limit_in_bytes"), "4096");
  EXPECT_EQ(content("pids/a/pids.max"), "max");
  EXPECT_EQ(content("blkio/a/blkio.throttle.read_bps_device"), "8:1 5");
  EXPECT_EQ(content("blkio/a/blkio.throttle.write_iops_device"), "8:1 6");
  EXPECT_EQ(content("cpuset/a/cpuset.cpus"), "1");
}

TEST_F(FakeTree, V2Stats) {
  file(
      "v2/a/cpu.stat",
      "usage_usec 9\nuser_usec 5\nsystem_usec 4\nnr_periods 3\nnr_throttled 2\nthrottled_usec 8\n");
  file("v2/a/memory.current", "100\n");
  file("v2/a/memory.peak", "200\n");
  file("v2/a/memory.events", "low 0\nhigh 0\nmax 6\noom 1\noom_kill 2\n");
  file("v2/a/pids.current", "4\n");
  file("v2/a/memory.pressure", "some avg10=2.00 avg60=0.00 avg300=0.00 total=11\n");
  const Cgroup cgroup = Cgroup::open(v2(), "a");
  const Stats stats = cgroup.stats();
  EXPECT_EQ(stats.cpu_usage_us, 9u);
  EXPECT_EQ(stats.cpu_user_us, 5u);
  EXPECT_EQ(stats.cpu_system_us, 4u);
  EXPECT_EQ(stats.cpu_periods, 3u);
  EXPECT_EQ(stats.cpu_throttled_periods, 2u);
  EXPECT_EQ(stats.cpu_throttled_us, 8u);
  EXPECT_EQ(stats.memory_current, 100u);
  EXPECT_EQ(stats.memory_peak, 200u);
  EXPECT_EQ(stats.memory_max_events, 6u);
  EXPECT_EQ(stats.oom_kills, 2u);
  EXPECT_EQ(stats.pids_current, 4u);
  EXPECT_EQ(stats.pids_peak, std::nullopt);
  const auto pressures = cgroup.pressures();
  EXPECT_FALSE(pressures.cpu);
  ASSERT_TRUE(pressures.memory);
  EXPECT_EQ(pressures.memory->some_total_us, 11u);
  EXPECT_EQ(pressures.memory->some_avg10, 2.0);
  EXPECT_EQ(cgroup.oom_kills(), 2u);
}

TEST_F(FakeTree, V1Stats) {
  file("v2/a/cgroup.events", "populated 1\nfrozen 0\n");
  file("v2/a/cgroup.procs", "12\n34\n");
  file("cpu/a/cpuacct.usage", "9000\n");
  file("cpu/a/cpuacct.usage_user", "5000\n");
  file("cpu/a/cpuacct.usage_sys", "4999\n");
  file("cpu/a/cpu.stat", "nr_periods 3\nnr_throttled 2\nthrottled_time 8000\n");
  file("memory/a/memory.usage_in_bytes", "100\n");
  file("memory/a/memory.max_usage_in_bytes", "200\n");
  file("memory/a/memory.failcnt", "5\n");
  file("memory/a/memory.memsw.failcnt", "2\n");
  file("memory/a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
  file("memory/a/probe/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  file("pids/a/pids.current", "4\n");
  file("pids/a/pids.peak", "6\n");
  const Cgroup cgroup = Cgroup::open(hybrid(), "a");
  const Stats stats = cgroup.stats();
  EXPECT_EQ(stats.cpu_usage_us, 9u);
  EXPECT_EQ(stats.cpu_user_us, 5u);
  EXPECT_EQ(stats.cpu_system_us, 4u);
  EXPECT_EQ(stats.cpu_periods, 3u);
  EXPECT_EQ(stats.cpu_throttled_periods, 2u);
  EXPECT_EQ(stats.cpu_throttled_us, 8u);
  EXPECT_EQ(stats.memory_current, 100u);
  EXPECT_EQ(stats.memory_peak, 200u);
  EXPECT_EQ(stats.memory_max_events, 7u);
  EXPECT_EQ(stats.oom_kills, 3u);
  EXPECT_EQ(stats.pids_current, 4u);
  EXPECT_EQ(stats.pids_peak, 6u);
  EXPECT_EQ(cgroup.oom_kills(), 3u);
  EXPECT_TRUE(cgroup.populated());
  EXPECT_EQ(cgroup.processes(), (std::vector<pid_t>{12, 34}));
}

TEST_F(FakeTree, V1DevicesFromAFreshListAndAsADifference) {
  file("v2/a/cgroup.events");
  file("devices/a/devices.list", "a *:* rwm\n");
  file("devices/a/devices.allow");
  file("devices/a/devices.deny");
  Cgroup cgroup = Cgroup::open(hybrid(), "a");
  Limits limits;
  limits.devices = {{false, 'a', {}, {}, "rwm"}, {true, 'c', 1, 3, "rwm"}};
  cgroup.apply(limits);
  EXPECT_EQ(content("devices/a/devices.deny"), "a");
  EXPECT_EQ(content("devices/a/devices.allow"), "c 1:3 rwm");

  file("devices/a/devices.list", "c 1:3 rwm\nc 5:* rw\n");
  file("devices/a/devices.allow");
  file("devices/a/devices.deny");
  limits.devices = {{true, 'c', 1, 3, "r"}, {true, 'c', 5, {}, "rw"}, {true, 'b', 8, 0, "r"}};
  cgroup.apply(limits);
  EXPECT_EQ(content("devices/a/devices.allow"), "b 8:0 r");
  EXPECT_EQ(content("devices/a/devices.deny"), "c 1:3 wm");
}

TEST_F(FakeTree, ErrorsNameFileAndValue) {
  file("v2/a/cgroup.events");
  Cgroup cgroup = Cgroup::open(v2(), "a");
  try {
    cgroup.apply({.pids_max = 7});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "write \"7\" to " + (temp_ / "v2/a/pids.max") +
                  ": No such file or directory (the kernel or the cgroup above does not offer this "
                  "file)");
  }
}

TEST_F(FakeTree, WhatCannotHoldIsListedAndRefused) {
  Layout layout = v2();
  layout.v2_controllers = {Controller::kPids};
  const Limits limits{.cpu_max = CpuMax{1000}, .memory_max = 1, .pids_max = 1};
  EXPECT_EQ(Cgroup::unenforceable(layout, limits),
            (std::vector<std::string>{"cpu.max (no cpu controller)",
                                      "memory.max (no memory controller)"}));
  EXPECT_TRUE(Cgroup::unenforceable(layout, {.memory_max = -1, .pids_max = 1}).empty());
  EXPECT_EQ(Cgroup::unenforceable(hybrid(), {.memory_high = 1}),
            (std::vector<std::string>{"memory.high (cgroup v1 has none)"}));
  file("v2/a/pids.max");
  Cgroup cgroup = Cgroup::open(layout, "a");
  EXPECT_THROW(cgroup.apply(limits), Error);
  EXPECT_EQ(content("v2/a/pids.max"), "");
}

TEST_F(FakeTree, HandsControllersDownFromTheFirstParentThatHasThem) {
  // A fake folder has no knobs when it is made, so that the hand-down fails there: what was made
  // must be gone again, and what stood there before must not.
  file("v2/podrun/cgroup.controllers", "cpu memory pids io cpuset\n");
  file("v2/podrun/cgroup.subtree_control");
  EXPECT_THROW(Cgroup::create(v2(), "podrun/burstable/pod1"), Error);
  struct stat status {};
  EXPECT_NE(::stat((temp_ / "v2/podrun/burstable").c_str(), &status), 0);
  EXPECT_EQ(::stat((temp_ / "v2/podrun/cgroup.controllers").c_str(), &status), 0);
}

TEST_F(FakeTree, PathsArePlainAndRelative) {
  for (const char* path : {"", "/a", "a/", "a//b", "../a", "a/./b"})
    EXPECT_THROW(Cgroup::create(v2(), path), BadInput) << path;
  EXPECT_THROW(Cgroup::open(v2(), "none"), Error);
  EXPECT_THROW(Cgroup::create(Layout(), "a"), Error);
}

TEST_F(FakeTree, ListsWhatIsLeftInAnyHierarchy) {
  make_dirs(temp_ / "v2/podrun/a");
  make_dirs(temp_ / "memory/podrun/b/probe");
  make_dirs(temp_ / "cpu/podrun/a");
  file("v2/podrun/cgroup.procs");
  EXPECT_EQ(list_children(hybrid(), "podrun"), (std::vector<std::string>{"podrun/a", "podrun/b"}));
  EXPECT_TRUE(list_children(hybrid(), "none").empty());
  Cgroup half = Cgroup::open(hybrid(), "podrun/b");
  EXPECT_FALSE(half.populated());
  half.remove();
  EXPECT_EQ(list_children(hybrid(), "podrun"), (std::vector<std::string>{"podrun/a"}));
}

}  // namespace
}  // namespace podrun::cgroups
