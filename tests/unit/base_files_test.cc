#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"

namespace podrun {
namespace {

class Files : public ::testing::Test {
 protected:
  Files() {
    char pattern[] = "/tmp/podrun-files-XXXXXX";
    folder_ = ::mkdtemp(pattern);
  }
  ~Files() override { remove_tree(folder_); }
  std::string folder_;
};

TEST_F(Files, ReplacesAndReads) {
  replace_file(folder_ + "/a", "one");
  replace_file(folder_ + "/a", "two", 0600, true);
  EXPECT_EQ(read_file(folder_ + "/a"), "two");
  EXPECT_FALSE(read_file_if_exists(folder_ + "/b"));
  EXPECT_THROW(read_file(folder_ + "/a", 2), Error);
}

TEST_F(Files, ErrorsNameThePathAndTheReason) {
  try {
    read_file(folder_ + "/none");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "open " + folder_ + "/none: No such file or directory");
  }
}

TEST_F(Files, RemoveTreeDoesNotFollowLinks) {
  make_dirs(folder_ + "/outside");
  make_dirs(folder_ + "/tree/deep/er");
  replace_file(folder_ + "/outside/kept", "x");
  ASSERT_EQ(::symlink((folder_ + "/outside").c_str(), (folder_ + "/tree/deep/link").c_str()), 0);
  remove_tree(folder_ + "/tree");
  EXPECT_NE(::access((folder_ + "/tree").c_str(), F_OK), 0);
  EXPECT_EQ(read_file(folder_ + "/outside/kept"), "x");
}

TEST_F(Files, OpenInRootStaysInside) {
  make_dirs(folder_ + "/root/etc");
  replace_file(folder_ + "/root/etc/name", "inside");
  ASSERT_EQ(::symlink("/etc", (folder_ + "/root/link").c_str()), 0);
  const Fd root = open_path(folder_ + "/root", O_PATH | O_DIRECTORY);
  EXPECT_EQ(read_all(open_in_root(root.get(), "/link/name", O_RDONLY).get()), "inside");
  EXPECT_EQ(read_all(open_in_root(root.get(), "../../../etc/name", O_RDONLY).get()), "inside");
}

TEST_F(Files, OpenBeneathFollowsNoLinks) {
  make_dirs(folder_ + "/root/d");
  replace_file(folder_ + "/root/d/f", "inside");
  ASSERT_EQ(::symlink("d", (folder_ + "/root/link").c_str()), 0);
  ASSERT_EQ(::symlink("f", (folder_ + "/root/d/link").c_str()), 0);
  const Fd root = open_path(folder_ + "/root", O_PATH | O_DIRECTORY);
  EXPECT_EQ(read_all(open_beneath(root.get(), "d/f", O_RDONLY).get()), "inside");
  for (const char* path : {"link/f", "d/link", "../root/d/f", "/etc/passwd"}) {
    EXPECT_THROW(open_beneath(root.get(), path, O_RDONLY), Error) << path;
  }
}

}  // namespace
}  // namespace podrun
