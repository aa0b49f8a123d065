// Making, finding and removing cgroups, and what happens to the processes in them.
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <optional>

#include "base/files.h"
#include "cgroups/events.h"
#include "cgroups/folder.h"
#include "tests/system/cgroups_fixture.h"

namespace podrun::test {
namespace {

using cgroups::Cgroup;
using cgroups::LayoutKind;

constexpr Nanoseconds kLong = std::chrono::seconds(20);

class CgroupTree : public CgroupsTest {
 protected:
  /// In every hierarchy.
  std::vector<std::string> folders_of(const std::string& name) const {
    std::vector<std::string> roots = {layout_.v2_root}, found;
    for (const auto& [controller, mount] : layout_.v1_mounts) {
      if (std::find(roots.begin(), roots.end(), mount) == roots.end()) roots.push_back(mount);
    }
    for (const std::string& root : roots) {
      const std::string folder = root + "/" + top_ + "/" + name;
      if (::access(folder.c_str(), F_OK) == 0) found.push_back(folder);
    }
    return found;
  }
};

TEST_F(CgroupTree, AChildIsMadeAsIfByItsWholePath) {
  const Cgroup parent = make("pod1");
  Cgroup child = parent.create_child("app.1");
  EXPECT_EQ(child.path(), top_ + "/pod1/app.1");
  EXPECT_THROW(parent.create_child("app.1"), Error);
  cgroups::Limits limits;
  limits.pids_max = 7;
  child.apply(limits);
  const Cgroup leaf = child.create_leaf("probe");
  CgroupChild process(leaf, [] { return 3; });
  EXPECT_EQ(process.reap().code, 3);
  EXPECT_EQ(child.cpu_usage_us(), child.stats().cpu_usage_us);
}

TEST_F(CgroupTree, IsMadeWithItsParentsAndRemovedWithoutThem) {
  {
    const Cgroup cgroup = make("burstable/pod1/app");
    const Cgroup leaf = cgroup.create_leaf("probe");
    EXPECT_EQ(leaf.path(), top_ + "/burstable/pod1/app/probe");
    EXPECT_FALSE(cgroup.populated());
    EXPECT_EQ(cgroup.open_v1_entrances().empty(), layout_.kind == LayoutKind::kV2);
    EXPECT_EQ(cgroups::list_children(layout_, cgroup.path()),
              (std::vector<std::string>{leaf.path()}));
  }
  EXPECT_TRUE(cgroups::list_children(layout_, top_ + "/burstable/pod1").empty());
  EXPECT_EQ(cgroups::list_children(layout_, top_ + "/burstable").size(), 1u);
  Cgroup::open(layout_, top_ + "/burstable").remove();
}

TEST_F(CgroupTree, RefusesOneThatExistsAndLeavesItAlone) {
  const Cgroup first = make();
  try {
    make();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.errno_value(), EEXIST) << error.what();
  }
  EXPECT_NO_THROW(first.create_leaf("probe"));
}

TEST_F(CgroupTree, IsFoundAndCleanedUpByALaterRun) {
  Cgroup lost = make();
  Cgroup lost_leaf = lost.create_leaf("probe");
  CgroupChild child(lost, idle);
  CgroupChild probe(lost_leaf, idle);
  lost_leaf.release();
  lost.release();
  lost = Cgroup();
  for (const std::string& path : cgroups::list_children(layout_, top_)) {
    Cgroup found = Cgroup::open(layout_, path);
    EXPECT_EQ(found.processes(), std::vector<pid_t>{child.pid()});
    found.adopt();
  }
  EXPECT_EQ(child.reap().signal, SIGKILL);
  EXPECT_EQ(probe.reap().signal, SIGKILL);
  EXPECT_TRUE(cgroups::list_children(layout_, top_).empty());
}

TEST_F(CgroupTree, IsCompletedWhereACreationWasKilled) {
  const Cgroup whole = make("whole");
  const auto expected = folders_of("whole").size();
  const std::string v2 = layout_.v2_root + "/" + top_ + "/half";
  ASSERT_EQ(::mkdir(v2.c_str(), 0755), 0);
  EXPECT_EQ(folders_of("half").size(), 1u);
  cgroups::Limits limits;
  limits.pids_max = 7;
  for (int round = 0; round < 2; ++round) {
    Cgroup half = Cgroup::complete(layout_, top_ + "/half");
    EXPECT_EQ(folders_of("half").size(), expected);
    half.apply(limits);
    CgroupChild child(half, [] { return 3; });
    EXPECT_EQ(child.reap().code, 3);
  }
  Cgroup::open(layout_, top_ + "/half").remove();
  Cgroup::complete(layout_, top_ + "/all/of/it").create_leaf("probe");
  EXPECT_EQ(folders_of("all/of/it").size(), expected);
  Cgroup::open(layout_, top_ + "/all").remove();
}

TEST_F(CgroupTree, IsRemovedWhereARemovalWasKilled) {
  if (layout_.kind == LayoutKind::kV2) GTEST_SKIP() << "one hierarchy: it is there, or it is not";
  make("half/below").release();
  const std::string v2 = layout_.v2_root + "/" + top_ + "/half";
  ASSERT_EQ(::rmdir((v2 + "/below").c_str()), 0);
  ASSERT_EQ(::rmdir(v2.c_str()), 0);
  auto half = Cgroup::find(layout_, top_ + "/half");
  ASSERT_TRUE(half);
  EXPECT_FALSE(half->populated());
  half->kill();
  EXPECT_TRUE(half->wait_empty(kLong));
  half->remove();
  EXPECT_TRUE(folders_of("half").empty());
  EXPECT_FALSE(Cgroup::find(layout_, top_ + "/half"));
}

TEST_F(CgroupTree, IsNotRemovedUnderALivingProcess) {
  Cgroup cgroup = make();
  CgroupChild child(cgroup, idle);
  try {
    cgroup.remove();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.errno_value(), EBUSY);
    EXPECT_NE(error.hint().find(std::to_string(child.pid())), std::string::npos) << error.what();
  }
  EXPECT_TRUE(cgroup.populated());
}

TEST_F(CgroupTree, IsRemovedRightAfterItsLastProcessWasReaped) {
  for (int round = 0; round < 20; ++round) {
    Cgroup cgroup = make();
    CgroupChild child(cgroup, [] { return 0; });
    EXPECT_EQ(child.reap().shell_code(), 0);
    cgroup.remove();
    EXPECT_FALSE(cgroup.valid());
  }
}

TEST_F(CgroupTree, KillsAllThatRunsInItAndBelow) {
  const Cgroup cgroup = make();
  const Cgroup leaf = cgroup.create_leaf("probe");
  CgroupChild child(cgroup, [] {
    for (int i = 0; i < 5; ++i) ::fork();  // 32 processes
    return idle();
  });
  CgroupChild probe(leaf, idle);
  EXPECT_TRUE(poll_until([&] { return cgroup.processes().size() == 32; }));
  EXPECT_TRUE(cgroup.populated());
  EXPECT_FALSE(cgroup.wait_empty(std::chrono::milliseconds(1)));
  cgroup.kill();
  EXPECT_TRUE(cgroup.wait_empty(kLong));
  EXPECT_FALSE(cgroup.populated());
  EXPECT_EQ(child.reap().signal, SIGKILL);
  EXPECT_EQ(probe.reap().signal, SIGKILL);
}

TEST_F(CgroupTree, KillsBySignalsWhereTheKernelLacksCgroupKill) {
  for (const bool frozen : {false, true}) {
    const Cgroup cgroup = make();
    const Cgroup leaf = cgroup.create_leaf("probe");
    CgroupChild forking(cgroup, []() -> int {
      ::signal(SIGCHLD, SIG_IGN);  // its children leave no zombies
      while (true)
        if (::fork() == 0) ::_exit(0);
    });
    CgroupChild probe(leaf, idle);
    if (frozen) cgroup.freeze(true);
    cgroups::kill_by_signals(cgroups::Folder::open(layout_.v2_root + "/" + cgroup.path()));
    EXPECT_EQ(forking.reap().signal, SIGKILL);
    EXPECT_EQ(probe.reap().signal, SIGKILL);
    EXPECT_TRUE(cgroup.wait_empty(kLong));
  }
}

TEST_F(CgroupTree, FreezesAndThaws) {
  void* shared = ::mmap(nullptr, sizeof(std::uint64_t), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* turns = new (shared) std::atomic<std::uint64_t>(0);
  const Cgroup cgroup = make();
  CgroupChild child(cgroup, [turns] {
    while (true) turns->fetch_add(1);
    return 0;
  });
  EXPECT_TRUE(poll_until([&] { return turns->load() > 0; }));
  cgroup.freeze(true);
  const std::uint64_t at_freeze = turns->load();
  EXPECT_FALSE(
      poll_until([&] { return turns->load() != at_freeze; }, std::chrono::milliseconds(100)));
  cgroup.freeze(false);
  EXPECT_TRUE(poll_until([&] { return turns->load() != at_freeze; }));
  cgroup.freeze(true);
  cgroup.kill();  // reaches frozen ones too
  EXPECT_EQ(child.reap().signal, SIGKILL);
  ::munmap(shared, sizeof(std::uint64_t));
}

TEST_F(CgroupTree, ReportsChangesThroughEpoll) {
  const Cgroup cgroup = make();
  const Fd events = cgroup.watch_events();
  const Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event wanted{.events = EPOLLPRI};
  ASSERT_EQ(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, events.get(), &wanted), 0);
  const auto changes = [&](int timeout_ms) {
    epoll_event got{};
    return ::epoll_wait(epoll.get(), &got, 1, timeout_ms);
  };
  EXPECT_EQ(changes(0), 0);
  CgroupChild child(cgroup, idle);
  EXPECT_EQ(changes(20000), 1);
  EXPECT_TRUE(cgroups::read_events(events).populated);
  EXPECT_EQ(changes(0), 0);  // armed again by the read
  cgroup.kill();
  while (cgroups::read_events(events).populated) EXPECT_EQ(changes(20000), 1);
  child.reap();
}

TEST_F(CgroupTree, TheDestructorKillsWhatStillRuns) {
  std::optional<Cgroup> cgroup = make();
  CgroupChild child(*cgroup, idle);
  cgroup.reset();
  EXPECT_EQ(child.reap().signal, SIGKILL);
  EXPECT_TRUE(cgroups::list_children(layout_, top_).empty());
}

TEST_F(CgroupTree, MovesAndReplaces) {
  Cgroup one = make("one");
  one = make("two");
  EXPECT_EQ(cgroups::list_children(layout_, top_), std::vector<std::string>{top_ + "/two"});
  const Cgroup other = std::move(one);
  EXPECT_TRUE(other.valid());
  EXPECT_EQ(cgroups::list_children(layout_, top_), std::vector<std::string>{top_ + "/two"});
}

TEST_F(CgroupTree, AParentWithProcessesIsNamedWithWhatToDo) {
  if (layout_.kind != LayoutKind::kV2) GTEST_SKIP() << "v1 lets processes live anywhere";
  const Cgroup parent = make("parent");
  CgroupChild child(parent, idle);
  try {
    make("parent/below");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.errno_value(), EBUSY) << error.what();
    EXPECT_NE(std::string(error.what()).find(parent.path() + "/cgroup.subtree_control"),
              std::string::npos)
        << error.what();
    EXPECT_NE(error.hint().find("processes of its own"), std::string::npos);
  }
  EXPECT_TRUE(cgroups::list_children(layout_, parent.path()).empty());
}

}  // namespace
}  // namespace podrun::test
