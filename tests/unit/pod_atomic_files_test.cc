// Files of a volume as they come to lie on disk, also where somebody else has been at them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/atomic_files.h"
#include "tests/support/temp_dir.h"

namespace podrun::pod {
namespace {

class AtomicFiles : public ::testing::Test {
 protected:
  AtomicFiles() { make_dirs(root_); }

  void write(const VolumeFiles& files, std::optional<gid_t> group = {}) const {
    write_atomically(root_, files, group, FakeClock().wall());
  }
  std::string link(const std::string& name) const {
    char target[256];
    const ssize_t size = ::readlink((root_ + "/" + name).c_str(), target, sizeof target);
    return {target, size < 0 ? 0 : static_cast<std::size_t>(size)};
  }
  void place_link(const std::string& target, const std::string& name) const {
    ::unlink((root_ + "/" + name).c_str());
    ASSERT_EQ(::symlink(target.c_str(), (root_ + "/" + name).c_str()), 0);
  }
  struct stat stat_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat((root_ + "/" + name).c_str(), &status), 0) << name;
    return status;
  }

  const test::TempDir folder_;
  const std::string root_ = folder_ / "volume";
};

TEST_F(AtomicFiles, ChangeTogether) {
  write({{"a", {"1", 0400, {}}}, {"d/e/f", {"2", 0644, {}}}, {"d/g", {"", 0644, {}}}});
  EXPECT_EQ(link("a"), "..data/a");
  EXPECT_EQ(link("d"), "..data/d");
  EXPECT_EQ(read_file(root_ + "/d/e/f"), "2");
  EXPECT_EQ(read_file(root_ + "/d/g"), "");
  EXPECT_EQ(stat_of("a").st_mode & 07777u, 0400u);
  EXPECT_EQ(stat_of("d/e").st_mode & 07777u, 0755u);
  const std::string first = link("..data");
  EXPECT_TRUE(first.starts_with("..20")) << first;
  // The same again is nothing to write.
  write({{"a", {"1", 0400, {}}}, {"d/e/f", {"2", 0644, {}}}, {"d/g", {"", 0644, {}}}});
  EXPECT_EQ(link("..data"), first);
  write({{"a", {"3", 0400, {}}}});
  EXPECT_EQ(read_file(root_ + "/a"), "3");
  EXPECT_NE(link("..data"), first);
  EXPECT_EQ(link("d"), "");
  EXPECT_NE(::access((root_ + "/" + first).c_str(), F_OK), 0);
}

TEST_F(AtomicFiles, BelongToTheGroupThatReadsThem) {
  write({{"d/a", {"1", 0400, {}}}}, ::getegid());
  EXPECT_EQ(stat_of("d/a").st_mode & 07777u, 0440u);
  EXPECT_EQ(stat_of("d").st_mode & 07777u, 02755u);
  EXPECT_EQ(stat_of("..data").st_mode & 07777u, 02755u);
}

TEST_F(AtomicFiles, StayAsTheyWereWhereANewOneCannotBeWritten) {
  write({{"a", {"1", 0644, {}}}});
  const std::string first = link("..data");
  EXPECT_THROW(write({{"a", {"2", 0644, {}}}, {"a/b", {"3", 0644, {}}}}), Error);
  EXPECT_EQ(link("..data"), first);
  EXPECT_EQ(read_file(root_ + "/a"), "1");
  write({{"a", {"2", 0644, {}}}});
  EXPECT_EQ(read_file(root_ + "/a"), "2");
}

/// What lies outside, and must stay as it is whatever a container has done to its volume.
class HostileVolume : public AtomicFiles {
 protected:
  HostileVolume() {
    make_dirs(outside_ + "/d");
    replace_file(outside_ + "/a", "host");
    replace_file(outside_ + "/d/f", "host");
  }
  void expect_untouched() const {
    EXPECT_EQ(read_file(outside_ + "/a"), "host");
    EXPECT_EQ(read_file(outside_ + "/d/f"), "host");
    EXPECT_EQ(::access((outside_ + "/..data").c_str(), F_OK), -1);
  }
  /// The volume shows the files, and no link that leads out of it is left of the names that it has.
  void expect_written() const {
    write(files_);
    expect_untouched();
    EXPECT_EQ(read_file(root_ + "/..data/a"), "new");
    EXPECT_EQ(read_file(root_ + "/..data/d/f"), "new");
    EXPECT_TRUE(link("..data").starts_with("..20"));
  }

  const std::string outside_ = folder_ / "host";
  const VolumeFiles files_{{"a", {"new", 0644, {}}}, {"d/f", {"new", 0644, {}}}};
};

TEST_F(HostileVolume, LinksThatLeadOut) {
  place_link(outside_, "..data");
  place_link(outside_, "..data_tmp");
  place_link(outside_, "d");
  expect_written();
}

TEST_F(HostileVolume, TheShownFolderIsALink) {
  place_link(outside_, "..2");
  place_link("..2", "..data");
  expect_written();
}

TEST_F(HostileVolume, LinksInTheShownFolder) {
  write({{"a", {"old", 0644, {}}}, {"d/f", {"old", 0644, {}}}});
  const std::string shown = link("..data");
  remove_tree(root_ + "/" + shown + "/d");
  place_link(outside_ + "/a", shown + "/a");
  place_link(outside_ + "/d", shown + "/d");
  expect_written();
}

TEST_F(HostileVolume, SameContentThroughALinkIsNotTheFile) {
  write(files_);
  const std::string shown = link("..data");
  replace_file(outside_ + "/same", "new");
  place_link(outside_ + "/same", shown + "/a");
  expect_written();
  EXPECT_NE(link("..data"), shown);
}

TEST_F(HostileVolume, PipesAreNotWaitedFor) {
  write(files_);
  const std::string pipe = root_ + "/" + link("..data") + "/a";
  ASSERT_EQ(::unlink(pipe.c_str()), 0);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0644), 0);
  expect_written();
}

TEST_F(HostileVolume, TheVolumeItselfIsALink) {
  ASSERT_EQ(::rmdir(root_.c_str()), 0);
  ASSERT_EQ(::symlink(outside_.c_str(), root_.c_str()), 0);
  EXPECT_THROW(write(files_), Error);
  expect_untouched();
}

}  // namespace
}  // namespace podrun::pod
