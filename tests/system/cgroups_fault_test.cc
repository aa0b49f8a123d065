// Every system call of an act fails once, and nothing may be left: no folder in any hierarchy, no
// descriptor. The program is linked with --wrap for the calls below.
#include <cerrno>

#include "tests/system/cgroups_fixture.h"

namespace {

// Calls until one fails; negative: none will.
int calls_to_failure = -1;
int injected_errno = 0;

bool fails_now() {
  if (calls_to_failure < 0 || calls_to_failure-- > 0) return false;
  errno = injected_errno;
  return true;
}

}  // namespace

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the linker's names
extern "C" {
int __real_mkdirat(int dir_fd, const char* path, mode_t mode);
int __wrap_mkdirat(int dir_fd, const char* path, mode_t mode) {
  return fails_now() ? -1 : __real_mkdirat(dir_fd, path, mode);
}
int __real_openat(int dir_fd, const char* path, int flags, mode_t mode);
// Its callers pass four arguments or no O_CREAT: a mode that is not there is never looked at.
int __wrap_openat(int dir_fd, const char* path, int flags, mode_t mode) {
  return fails_now() ? -1 : __real_openat(dir_fd, path, flags, mode);
}
ssize_t __real_read(int fd, void* to, std::size_t size);
ssize_t __wrap_read(int fd, void* to, std::size_t size) {
  return fails_now() ? -1 : __real_read(fd, to, size);
}
ssize_t __real_write(int fd, const void* from, std::size_t size);
ssize_t __wrap_write(int fd, const void* from, std::size_t size) {
  return fails_now() ? -1 : __real_write(fd, from, size);
}
}
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)

namespace podrun::test {
namespace {

class CgroupFaults : public CgroupsTest {
 protected:
  /// Runs `act` with its first, second, … call failing, until it gets through; `check` after each.
  template <typename Act, typename Check>
  static int inject(int errno_value, Act act, Check check) {
    for (int n = 0; n < 1000; ++n) {
      calls_to_failure = n;
      injected_errno = errno_value;
      bool failed = false;
      try {
        act();
      } catch (const Error&) {
        failed = true;
      }
      const bool reached = calls_to_failure < 0;
      calls_to_failure = -1;
      check(n, failed);
      if (!reached) return n;
    }
    ADD_FAILURE() << "no end";
    return -1;
  }
};

TEST_F(CgroupFaults, CreateLeavesNothing) {
  for (const int errno_value : {EACCES, EBUSY, ENOSPC, EIO}) {
    const int calls = inject(
        errno_value,
        [&] {
          cgroups::Cgroup cgroup = make("qos/pod/container");
          cgroup.release();  // only failures may clean up here
        },
        [&](int n, bool failed) {
          if (failed) {
            EXPECT_EQ(leaked_since(before_, scope_), "")
                << "call " << n << ", errno " << errno_value;
          } else {
            cgroups::Cgroup::open(layout_, top_).remove();
          }
        });
    EXPECT_GT(calls, 5);
  }
}

TEST_F(CgroupFaults, CreateLeafLeavesTheParentAlone) {
  cgroups::Cgroup parent = make();
  const Leaks with_parent = Leaks::take(scope_);
  inject(
      EIO,
      [&] {
        cgroups::Cgroup leaf = parent.create_leaf("probe");
        calls_to_failure = calls_to_failure < 0 ? -1 : 1000000;  // the destructor is spared
      },
      [&](int n, bool) { EXPECT_EQ(leaked_since(with_parent, scope_), "") << "call " << n; });
}

TEST_F(CgroupFaults, ApplySaysWhenAKnobFails) {
  cgroups::Cgroup cgroup = make();
  cgroups::Limits limits{
      .cpu_max = cgroups::CpuMax{50000}, .cpu_shares = 100, .memory_max = 1 << 26, .pids_max = 100};
  inject(
      EIO, [&] { cgroup.apply(limits); },
      [&](int n, bool failed) { EXPECT_TRUE(failed || n > 5) << "call " << n; });
}

}  // namespace
}  // namespace podrun::test
