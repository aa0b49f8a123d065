// That limits which concern files act: memory.high and memory.low, which the kernel holds by
// reclaiming page cache, and io.max.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "tests/support/temp_dir.h"
#include "tests/system/cgroups_fixture.h"

namespace podrun::test {
namespace {

using cgroups::Cgroup;
using cgroups::Controller;

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::uint64_t in_bytes(int mebibytes) {
  return static_cast<std::uint64_t>(mebibytes * kMiB);
}

/// Reads a file of holes: page cache that is clean, so that nothing but a limit keeps it from
/// staying, or from going. (Writers in small cgroups are slowed down by the kernel's own measure.)
int fill_page_cache(const std::string& path, int mebibytes) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ::ftruncate(fd, mebibytes * kMiB) != 0) return 1;
  std::vector<char> block(kMiB);
  for (int i = 0; i < mebibytes; ++i) {
    if (::read(fd, block.data(), kMiB) != kMiB) return 2;
  }
  return 0;
}

int write_past_the_cache(const std::string& path, int mebibytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_DIRECT, 0600);
  if (fd < 0) return 1;
  // O_DIRECT wants an aligned buffer.
  const std::unique_ptr<void, decltype(&std::free)> block(std::aligned_alloc(4096, kMiB),
                                                          &std::free);
  for (int i = 0; i < mebibytes; ++i) {
    if (::write(fd, block.get(), kMiB) != kMiB) return 2;
  }
  return 0;
}

class CgroupDisk : public CgroupsTest {
 protected:
  void SetUp() override {
    CgroupsTest::SetUp();
    if (IsSkipped()) return;
    struct stat status {};
    ASSERT_EQ(::stat(folder_.path().c_str(), &status), 0);
    device_ = status.st_dev;
    if (major(device_) == 0) GTEST_SKIP() << "no disk below " << folder_.path();
    // The kernel throttles disks, not their partitions.
    const std::filesystem::path sys =
        "/sys/dev/block/" + std::to_string(major(device_)) + ":" + std::to_string(minor(device_));
    if (!std::filesystem::exists(sys / "partition")) return;
    const std::string disk = read_file(std::filesystem::canonical(sys).parent_path() / "dev");
    const auto colon = disk.find(':');
    device_ = makedev(std::stoul(disk.substr(0, colon)), std::stoul(disk.substr(colon + 1)));
  }
  /// A count in the v2 file memory.events: "high", "low".
  std::uint64_t memory_event(const Cgroup& cgroup, const std::string& event) const {
    const std::string text =
        "\n" + read_file(layout_.v2_root + "/" + cgroup.path() + "/memory.events");
    const auto at = text.find("\n" + event + " ");
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + event.size() + 2));
  }
  bool memory_is_v2() const { return layout_.v2_controllers.contains(Controller::kMemory); }
  /// What is left of the page cache of 16 MiB of one cgroup when its neighbour, in a parent of
  /// 32 MiB, reads 96.
  std::uint64_t left_beside_a_greedy_neighbour(const cgroups::Limits& limits) const {
    Cgroup quiet = make("quiet");
    Cgroup::open(layout_, top_).apply({.memory_max = 32 * kMiB});
    quiet.apply(limits);
    // A file of its own each time: what is in the cache already is not charged again.
    const std::string path = folder_ / ("quiet" + std::to_string(limits.memory_low.value_or(0)));
    CgroupChild keeper(quiet, [&] { return fill_page_cache(path, 16) == 0 ? idle() : 1; });
    EXPECT_TRUE(poll_until([&] { return quiet.stats().memory_current >= in_bytes(16); }));
    Cgroup greedy = make("greedy");
    CgroupChild reader(greedy, [&] { return fill_page_cache(path + "-greedy", 96); });
    EXPECT_EQ(reader.reap().shell_code(), 0);
    return quiet.stats().memory_current;
  }

  const TempDir folder_;
  dev_t device_ = 0;
};

TEST_F(CgroupDisk, MemoryHighHoldsPageCacheBack) {
  if (!memory_is_v2()) GTEST_SKIP() << "v1 has no memory.high";
  Cgroup cgroup = make();
  cgroup.apply({.memory_high = 16 * kMiB});
  CgroupChild child(cgroup, [&] { return fill_page_cache(folder_ / "file", 64); });
  std::uint64_t most = 0;
  EXPECT_TRUE(poll_until([&] {
    most = std::max(most, cgroup.stats().memory_current);
    return !cgroup.populated();
  }));
  EXPECT_EQ(child.reap().shell_code(), 0);
  EXPECT_GT(memory_event(cgroup, "high"), 0u);
  EXPECT_EQ(cgroup.oom_kills(), 0u);
  EXPECT_GT(most, in_bytes(8));
  EXPECT_LT(most, in_bytes(24));
}

TEST_F(CgroupDisk, MemoryLowKeepsPageCacheFromANeighbour) {
  if (!memory_is_v2()) GTEST_SKIP() << "v1's soft limit acts only when the machine lacks memory";
  EXPECT_LT(left_beside_a_greedy_neighbour({}), in_bytes(12));
  EXPECT_GE(left_beside_a_greedy_neighbour({.memory_low = 24 * kMiB}), in_bytes(15));
}

TEST_F(CgroupDisk, IoMaxHoldsADirectWriteBack) {
  if (!layout_.can_limit(Controller::kIo)) GTEST_SKIP() << "no io controller";
  constexpr int kMebibytes = 4;
  Cgroup cgroup = make();
  cgroup.apply({.io_max = {{.major = major(device_), .minor = minor(device_), .write_bps = kMiB}}});
  const auto begin = std::chrono::steady_clock::now();
  CgroupChild child(cgroup, [&] { return write_past_the_cache(folder_ / "file", kMebibytes); });
  ASSERT_EQ(child.reap().shell_code(), 0);
  // The first slice of the kernel's throttling may go through at once.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(kMebibytes - 1));
}

}  // namespace
}  // namespace podrun::test
