// That the kernel holds what was asked for: CPU, memory, processes, devices, CPU sets.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <filesystem>
#include <random>

#include "base/files.h"
#include "cgroups/device_rules.h"
#include "tests/system/cgroups_fixture.h"

namespace podrun::test {
namespace {

using cgroups::Cgroup;
using cgroups::Controller;
using cgroups::CpuMax;
using cgroups::DeviceRule;
using cgroups::Limits;
using cgroups::Stats;

constexpr std::int64_t kMiB = 1 << 20;

class CgroupLimits : public CgroupsTest {
 protected:
  /// Expects that `cgroup`, which is busy, gets `cpus` CPUs: from the end of one throttled period
  /// to the end of another, in the kernel's own periods, so that it does not matter when this
  /// process gets to look. On a machine that is busy elsewhere some periods pass without the quota
  /// being used up; only those that used it up count for the lower bound.
  static void expect_cpus(const Cgroup& cgroup, double cpus, const CpuMax& cpu_max) {
    constexpr unsigned kPeriods = 30;
    constexpr double kTolerance = 0.02;
    Stats first, last;
    const auto throttled_after = [&](const Stats& start, unsigned periods, Stats& seen) {
      return poll_until(
          [&] {
            seen = cgroup.stats();
            return seen.cpu_throttled_periods >= start.cpu_throttled_periods + periods;
          },
          std::chrono::seconds(60), std::chrono::milliseconds(2));
    };
    ASSERT_TRUE(throttled_after(cgroup.stats(), 2, first));
    ASSERT_TRUE(throttled_after(first, kPeriods, last));
    const auto per = [&](std::uint64_t periods) {
      return static_cast<double>(last.cpu_usage_us - first.cpu_usage_us) /
             (static_cast<double>(periods) * static_cast<double>(cpu_max.period_us));
    };
    const double of_all = per(last.cpu_periods - first.cpu_periods);
    const double of_throttled = per(last.cpu_throttled_periods - first.cpu_throttled_periods);
    RecordProperty("cpus", std::to_string(of_all));
    EXPECT_LE(of_all, cpus + kTolerance);
    EXPECT_GE(of_throttled, cpus - kTolerance);
  }
  /// Half a CPU, with the weight to get it on a machine where others compute too.
  Cgroup make_with_half_a_cpu() const {
    constexpr std::uint64_t kMostShares = 262144;
    Cgroup cgroup = make();
    Cgroup::open(layout_, top_).apply({.cpu_shares = kMostShares});
    cgroup.apply({.cpu_max = CpuMax{50000}, .cpu_shares = kMostShares});
    return cgroup;
  }
};

TEST_F(CgroupLimits, CpuQuotaHoldsABusyLoop) {
  Cgroup cgroup = make_with_half_a_cpu();
  CgroupChild child(cgroup, spin);
  expect_cpus(cgroup, 0.5, {50000});
  EXPECT_GT(cgroup.stats().cpu_throttled_us, 0u);
}

TEST_F(CgroupLimits, CpuQuotaHoldsTwoBusyLoops) {
  Cgroup cgroup = make_with_half_a_cpu();
  CgroupChild one(cgroup, spin), two(cgroup, spin);
  expect_cpus(cgroup, 0.5, {50000});
}

TEST_F(CgroupLimits, AProbeDrawsOnItsContainersQuotaAndIsCountedApart) {
  Cgroup cgroup = make_with_half_a_cpu();
  const Cgroup leaf = cgroup.create_leaf("probe");
  CgroupChild app(cgroup, spin), probe(leaf, spin);
  expect_cpus(cgroup, 0.5, {50000});
  const Stats of_leaf = leaf.stats();
  EXPECT_GT(of_leaf.cpu_usage_us, 0u);
  EXPECT_LT(of_leaf.cpu_usage_us, cgroup.stats().cpu_usage_us);
}

TEST_F(CgroupLimits, CpuQuotaCanBeChangedAndLifted) {
  Cgroup cgroup = make_with_half_a_cpu();
  cgroup.apply({.cpu_max = CpuMax{20000, 50000}});
  CgroupChild child(cgroup, spin);
  expect_cpus(cgroup, 0.4, {20000, 50000});
  cgroup.apply({.cpu_max = CpuMax{-1}});
  const Stats lifted = cgroup.stats();
  EXPECT_TRUE(
      poll_until([&] { return cgroup.stats().cpu_usage_us > lifted.cpu_usage_us + 300000; }));
  EXPECT_LE(cgroup.stats().cpu_throttled_periods, lifted.cpu_throttled_periods + 1);
}

// Touches every page.
int use_memory(std::int64_t bytes) {
  auto* memory =
      static_cast<char*>(::mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == MAP_FAILED) return 1;
  for (std::int64_t at = 0; at < bytes; at += 4096) memory[at] = 1;
  return 0;
}

TEST_F(CgroupLimits, MemoryWithinTheLimitIsFineAndCounted) {
  Cgroup cgroup = make();
  cgroup.apply({.memory_max = 64 * kMiB, .memory_swap_max = 0});
  CgroupChild child(cgroup, [] { return use_memory(16 * kMiB) == 0 ? idle() : 1; });
  EXPECT_TRUE(poll_until(
      [&] { return cgroup.stats().memory_current >= static_cast<std::uint64_t>(16 * kMiB); }));
  EXPECT_EQ(cgroup.oom_kills(), 0u);
  EXPECT_GE(cgroup.stats().pids_current, 1u);
}

TEST_F(CgroupLimits, AnOomKillIsCounted) {
  Cgroup cgroup = make();
  cgroup.apply({.memory_max = 32 * kMiB, .memory_swap_max = 0, .memory_oom_group = true});
  EXPECT_EQ(cgroup.oom_kills(), 0u);
  CgroupChild child(cgroup, [] { return use_memory(128 * kMiB); });
  EXPECT_EQ(child.reap().shell_code(), 137);
  EXPECT_GE(cgroup.oom_kills(), 1u);  // with memory.oom.group the kernel may count a victim twice
  const Stats stats = cgroup.stats();
  EXPECT_EQ(stats.oom_kills, cgroup.oom_kills());
  if (layout_.v2_controllers.contains(Controller::kMemory)) {
    EXPECT_GT(stats.memory_max_events, 0u);
  }
  if (stats.memory_peak) {
    EXPECT_GT(*stats.memory_peak, static_cast<std::uint64_t>(24 * kMiB));
    EXPECT_LE(*stats.memory_peak, static_cast<std::uint64_t>(32 * kMiB));
  }
}

TEST_F(CgroupLimits, ASwapLimitStaysWhenMemorysChanges) {
  Cgroup cgroup = make();
  cgroup.apply({.memory_max = 64 * kMiB, .memory_swap_max = 0});
  cgroup.apply({.memory_max = 32 * kMiB});
  const bool v1 = layout_.v1_mounts.contains(Controller::kMemory);
  const std::string file = v1 ? layout_.v1_mounts.at(Controller::kMemory) + "/" + cgroup.path() +
                                    "/memory.memsw.limit_in_bytes"
                              : layout_.v2_root + "/" + cgroup.path() + "/memory.swap.max";
  const auto value = read_file_if_exists(file);
  if (!value) GTEST_SKIP() << "this kernel does not account swap";
  EXPECT_EQ(*value, (v1 ? std::to_string(32 * kMiB) : "0") + "\n");
}

TEST_F(CgroupLimits, AnOomKillInAProbeCountsForItsContainer) {
  Cgroup cgroup = make();
  cgroup.apply({.memory_max = 32 * kMiB, .memory_swap_max = 0});
  const Cgroup leaf = cgroup.create_leaf("probe");
  CgroupChild child(leaf, [] { return use_memory(128 * kMiB); });
  EXPECT_EQ(child.reap().shell_code(), 137);
  EXPECT_EQ(cgroup.oom_kills(), 1u);
}

TEST_F(CgroupLimits, MemoryLimitsMayBeRaisedAndLowered) {
  Cgroup cgroup = make();
  for (const std::int64_t mebibytes : {32, 128, 16, 64})
    EXPECT_NO_THROW(
        cgroup.apply({.memory_max = mebibytes * kMiB, .memory_swap_max = mebibytes * kMiB / 2}));
  for (const std::int64_t mebibytes : {128, 16, -1, 32})
    EXPECT_NO_THROW(cgroup.apply({.memory_max = mebibytes < 0 ? -1 : mebibytes * kMiB}));
}

TEST_F(CgroupLimits, PidsAreLimited) {
  Cgroup cgroup = make();
  cgroup.apply({.pids_max = 5});
  CgroupChild child(cgroup, [] {
    int forked = 0;
    while (forked < 20) {
      const pid_t pid = ::fork();
      if (pid == 0) idle();
      if (pid < 0) return errno == EAGAIN ? forked : 100;
      ++forked;
    }
    return forked;
  });
  EXPECT_EQ(child.reap().code, 4);
  EXPECT_EQ(cgroup.stats().pids_current, 4u);
}

TEST_F(CgroupLimits, CpusetHoldsAlsoWithALeafBelow) {
  if (!layout_.can_limit(Controller::kCpuset)) GTEST_SKIP() << "no cpuset controller";
  Cgroup cgroup = make();
  Cgroup leaf = cgroup.create_leaf("probe");
  cgroup.apply({.cpuset_cpus = "0", .cpuset_mems = "0"});
  for (const Cgroup* place : {&cgroup, &leaf}) {
    CgroupChild child(*place, [] {
      cpu_set_t cpus;
      ::sched_getaffinity(0, sizeof cpus, &cpus);
      return CPU_COUNT(&cpus) * 10 + (CPU_ISSET(0, &cpus) ? 1 : 0);
    });
    EXPECT_EQ(child.reap().code, 11);
  }
}

TEST_F(CgroupLimits, IoLimitsAreTaken) {
  Cgroup cgroup = make();
  for (const auto& device : std::filesystem::directory_iterator("/sys/block")) {
    const std::string numbers = read_file(device.path() / "dev");
    const auto colon = numbers.find(':');
    const auto major = static_cast<std::uint32_t>(std::stoul(numbers.substr(0, colon)));
    const auto minor = static_cast<std::uint32_t>(std::stoul(numbers.substr(colon + 1)));
    EXPECT_NO_THROW(cgroup.apply(
        {.io_max = {{.major = major, .minor = minor, .read_bps = 1 << 20, .write_iops = 100}}}));
    return;
  }
  GTEST_SKIP() << "no block device";
}

TEST_F(CgroupLimits, ErrorsNameFileAndValue) {
  Cgroup cgroup = make();
  try {
    cgroup.apply({.cpu_max = CpuMax{50000, 7}});
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find(cgroup.path() + "/cpu."), std::string::npos) << text;
    EXPECT_NE(text.find("7\" to "), std::string::npos) << text;
    EXPECT_EQ(error.errno_value(), EINVAL);
  }
}

// --- devices

struct KnownDevice {
  const char* path;
  std::int64_t minor;  // of the character devices with major 1
};
constexpr KnownDevice kDevices[] = {{"/dev/null", 3}, {"/dev/zero", 5}, {"/dev/full", 7}};
constexpr std::uint32_t kOpenings[] = {cgroups::kAccessRead, cgroups::kAccessWrite,
                                       cgroups::kAccessRead | cgroups::kAccessWrite};

int open_flags(std::uint32_t access) {
  if (access == cgroups::kAccessRead) return O_RDONLY;
  return access == cgroups::kAccessWrite ? O_WRONLY : O_RDWR;
}

// Opens each device in each way, in the cgroup. One bit each; nothing where a call failed for
// another reason than the rules.
int opened_bits() {
  int bits = 0, bit = 1;
  for (const KnownDevice& device : kDevices) {
    for (const std::uint32_t access : kOpenings) {
      const int fd = ::open(device.path, open_flags(access) | O_CLOEXEC);
      if (fd >= 0)
        bits |= bit;
      else if (errno != EPERM)
        return -1;
      ::close(fd);
      bit <<= 1;
    }
  }
  return bits;
}

int expected_bits(const std::vector<DeviceRule>& rules) {
  int bits = 0, bit = 1;
  for (const KnownDevice& device : kDevices) {
    for (const std::uint32_t access : kOpenings) {
      if (cgroups::allows(rules, 'c', 1, device.minor, access)) bits |= bit;
      bit <<= 1;
    }
  }
  return bits;
}

int bits_in(const Cgroup& cgroup) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd from(ends[0]), to(ends[1]);
  CgroupChild child(cgroup, [&] {
    const int bits = opened_bits();
    return ::write(to.get(), &bits, sizeof bits) == sizeof bits ? 0 : 1;
  });
  EXPECT_EQ(child.reap().code, 0);
  int bits = -1;
  EXPECT_EQ(::read(from.get(), &bits, sizeof bits), static_cast<ssize_t>(sizeof bits));
  return bits;
}

TEST_F(CgroupLimits, DevicesAreDeniedAndAllowed) {
  Cgroup cgroup = make();
  Limits limits;
  limits.devices = {{false, 'a', {}, {}, "rwm"}, {true, 'c', 1, 3, "rw"}, {true, 'c', 1, 5, "r"}};
  cgroup.apply(limits);
  EXPECT_EQ(bits_in(cgroup), 0b000'001'111);
  CgroupChild maker(cgroup, [] {
    return ::mknod("/tmp/podrun-test-device", S_IFCHR | 0600, makedev(1, 3)) == 0 ? 0 : errno;
  });
  EXPECT_EQ(maker.reap().code, EPERM);

  // A second list takes the place of the first, it does not add to it.
  limits.devices = {{true, 'c', 1, 7, "w"}, {true, 'c', 1, 5, "rwm"}};
  cgroup.apply(limits);
  EXPECT_EQ(bits_in(cgroup), 0b010'111'000);
  limits.devices = {{true, 'a', {}, {}, "rwm"}};
  cgroup.apply(limits);
  EXPECT_EQ(bits_in(cgroup), 0b111'111'111);
}

TEST_F(CgroupLimits, TheKernelAnswersAsTheRulesDo) {
  std::mt19937 random(11);
  const auto pick = [&](auto... choices) {
    const std::array values{choices...};
    return values[random() % values.size()];
  };
  using Number = std::optional<std::int64_t>;
  Cgroup cgroup = make();
  int compared = 0;
  for (int round = 0; round < 60; ++round) {
    Limits limits;
    std::vector<DeviceRule>& rules = limits.devices.emplace();
    for (std::size_t count = random() % 6; count > 0; --count)
      rules.push_back({random() % 3 != 0, pick('a', 'c', 'c', 'b'),
                       pick(Number(), Number(1), Number(1), Number(4)),
                       pick(Number(), Number(3), Number(5), Number(7)),
                       pick("r", "w", "rw", "rwm")});
    try {
      cgroup.apply(limits);
    } catch (const BadInput&) {
      continue;  // v1 cannot say it
    }
    ++compared;
    const int got = bits_in(cgroup);
    if (layout_.v1_mounts.contains(Controller::kDevices))
      // v1 wants one exception to name all kinds of access: it may deny more, never less.
      EXPECT_EQ(got & ~expected_bits(rules), 0);
    else
      EXPECT_EQ(got, expected_bits(rules));
  }
  EXPECT_GT(compared, 10);
}

}  // namespace
}  // namespace podrun::test
