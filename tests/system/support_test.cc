// The helpers that other tests rely on to find leaks must themselves find them.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/support/temp_dir.h"

namespace podrun::test {
namespace {

TEST(Leaks, NamesDescriptorsFilesAndMounts) {
  const TempDir temp;
  make_dirs(temp / "mnt");
  const LeakScope scope{.marker = temp.name(), .folders = {temp.path()}};
  const Leaks before = Leaks::take(scope);
  EXPECT_EQ(leaked_since(before, scope), "");

  replace_file(temp / "file", "x");
  Fd open = open_path(temp / "file", O_RDONLY);
  ASSERT_EQ(::mount("tmpfs", (temp / "mnt").c_str(), "tmpfs", 0, nullptr), 0);
  const std::string found = before.difference(Leaks::take(scope));
  EXPECT_NE(found.find("left: descriptor: " + (temp / "file")), std::string::npos) << found;
  EXPECT_NE(found.find("left: file: " + (temp / "file")), std::string::npos) << found;
  EXPECT_NE(found.find("left: mount: "), std::string::npos) << found;

  open.reset();
  ASSERT_EQ(::umount(((temp / "mnt")).c_str()), 0);
  ASSERT_EQ(::unlink((temp / "file").c_str()), 0);
  EXPECT_EQ(leaked_since(before, scope), "");
}

// A child in a network and mount namespace of its own, with `marked` mounted there.
Process start_marked_child(const std::string& marked) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", marked.c_str(), "tmpfs", 0, nullptr) != 0) {
      ::_exit(1);
    }
    for (;;) ::pause();
  }
  return Process::open(pid);
}

TEST(Leaks, NamesProcessesAndTheirNetworkNamespaces) {
  const TempDir temp;
  const LeakScope scope{.marker = temp.name()};
  const Leaks before = Leaks::take(scope);
  const Process child = start_marked_child(temp.path());
  EXPECT_TRUE(poll_until([&] { return Leaks::take(scope).of("netns").size() == 1; }));
  EXPECT_EQ(Leaks::take(scope).of("process").size(), 1u);
  child.signal(SIGKILL);
  child.reap();
  // The pidfd of `child` is still open, and is the only thing left.
  EXPECT_EQ(before.difference(Leaks::take(scope)), "left: descriptor: anon_inode:[pidfd]\n");
}

TEST(Leaks, NamesCgroups) {
  const LeakScope scope{.marker = "podrun-leaks-" + std::to_string(::getpid())};
  const Leaks before = Leaks::take(scope);
  const std::string root =
      ::access("/sys/fs/cgroup/unified", F_OK) == 0 ? "/sys/fs/cgroup/unified/" : "/sys/fs/cgroup/";
  ASSERT_EQ(::mkdir((root + scope.marker).c_str(), 0755), 0);
  EXPECT_EQ(before.difference(Leaks::take(scope)), "left: cgroup: " + root + scope.marker + "\n");
  ASSERT_EQ(::rmdir((root + scope.marker).c_str()), 0);
  EXPECT_EQ(leaked_since(before, scope), "");
}

}  // namespace
}  // namespace podrun::test
