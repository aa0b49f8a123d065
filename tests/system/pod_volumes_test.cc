// A pod's volumes as they are made: their rights, and what a failure half-way leaves to be done.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/volumes.h"
#include "tests/support/temp_dir.h"

namespace {

/// Mounts at paths that end so fail, that many times.
const char* failing_target = nullptr;
int failures_left = 0;

}  // namespace

extern "C" {
int __real_mount(const char* source, const char* target, const char* type, unsigned long flags,
                 const void* data);
int __wrap_mount(const char* source, const char* target, const char* type, unsigned long flags,
                 const void* data) {
  if (failures_left > 0 && std::string_view(target).ends_with(failing_target)) {
    --failures_left;
    errno = ENOMEM;
    return -1;
  }
  return __real_mount(source, target, type, flags, data);
}
}

namespace podrun::pod {
namespace {

class PodVolumes : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    pod_.metadata.name = "volumes";
    pod_.metadata.uid = "0b1f";
    manifest::EmptyDirVolume memory;
    memory.medium = "Memory";
    memory.size_limit = Quantity::parse("1Mi");
    pod_.spec.volumes = {{"disk", manifest::EmptyDirVolume{}}, {"memory", memory}};
    make_dirs(paths_.run);
  }
  /// In a child with mounts of its own; fails where `body` throws or has failed expectations.
  void in_sandbox(const std::function<void(Volumes&)>& body) const {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        enter_mount_sandbox();
        Volumes volumes(pod_, paths_);
        body(volumes);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  int mounts_at(const std::string& path) const {
    const std::string table = read_file("/proc/self/mountinfo");
    int count = 0;
    for (std::size_t at = 0; (at = table.find(" " + path + " ", at)) != std::string::npos; ++at)
      ++count;
    return count;
  }
  static struct stat stat_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status;
  }

  const test::TempDir folder_;
  manifest::Pod pod_;
  PodPaths paths_{folder_ / "data", folder_ / "run", folder_ / "logs"};
};

TEST_F(PodVolumes, BelongToEverybody) {
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    for (const char* name : {"disk", "memory"}) {
      const struct stat status = stat_of(paths_.empty_dir(name));
      EXPECT_EQ(status.st_mode & 07777u, 0777u) << name;
      EXPECT_EQ(status.st_gid, 0u) << name;
    }
    EXPECT_EQ(mounts_at(paths_.empty_dir("disk")), 0);
    EXPECT_EQ(mounts_at(paths_.empty_dir("memory")), 1);
  });
}

TEST_F(PodVolumes, BelongToTheFsGroup) {
  pod_.spec.security_context.emplace().fs_group = 2000;
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    for (const char* name : {"disk", "memory"}) {
      const std::string path = paths_.empty_dir(name);
      EXPECT_EQ(stat_of(path).st_mode & 07777u, 02777u) << name;
      EXPECT_EQ(stat_of(path).st_gid, 2000u) << name;
      replace_file(path + "/made", "");
      EXPECT_EQ(stat_of(path + "/made").st_gid, 2000u) << name;
    }
  });
}

TEST_F(PodVolumes, AreMountedByTheNextTryWhereTheFirstFailed) {
  in_sandbox([&](Volumes& volumes) {
    failing_target = "/memory";
    failures_left = 2;
    for (int i = 0; i < 2; ++i) {
      try {
        volumes.set_up();
        ADD_FAILURE() << "nothing failed";
      } catch (const Error& error) {
        const std::string text = error.what();
        EXPECT_EQ(text.find("MountVolume.SetUp failed for volume \"memory\" "), 0u) << text;
      }
    }
    volumes.set_up();
    volumes.set_up();
    EXPECT_EQ(mounts_at(paths_.empty_dir("memory")), 1);
    EXPECT_EQ(mounts_at(paths_.run + "/shm"), 1);
  });
}

TEST_F(PodVolumes, HaveTheirManagedFilesByTheNextTryWhereTheFirstFailed) {
  in_sandbox([&](Volumes& volumes) {
    make_dirs(paths_.run + "/hosts");  // in the way of the file
    EXPECT_THROW(volumes.set_up(), Error);
    ASSERT_EQ(::rmdir((paths_.run + "/hosts").c_str()), 0);
    volumes.set_up();
    EXPECT_NE(read_file(paths_.run + "/hosts").find("127.0.0.1\tlocalhost"), std::string::npos);
    EXPECT_EQ(mounts_at(paths_.run + "/shm"), 1);
  });
}

TEST_F(PodVolumes, KeepTheirRightsWhenThePodIsReCreated) {
  in_sandbox([&](Volumes& volumes) { volumes.set_up(); });
  ASSERT_EQ(::chmod(paths_.empty_dir("disk").c_str(), 0750), 0);
  in_sandbox([&](Volumes& volumes) { volumes.set_up(); });
  EXPECT_EQ(stat_of(paths_.empty_dir("disk")).st_mode & 07777u, 0750u);
}

}  // namespace
}  // namespace podrun::pod
