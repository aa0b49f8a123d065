// A root file system furnished by an enemy must not lead out of itself.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "tests/support/leaks.h"
#include "tests/support/runtime_box.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;
using runtime::Spec;

/// A folder of the host that the enemy aims at, and whether it is as it was.
class Target {
 public:
  explicit Target(const Box& box) : path_(box.outside("host")) {
    make_dirs(path_);
    replace_file(path_ + "/file", "the host's\n");
  }
  const std::string& path() const { return path_; }
  void expect_untouched() const {
    EXPECT_EQ(read_file(path_ + "/file"), "the host's\n");
    std::size_t entries = 0;
    for (const auto& entry : fs::directory_iterator(path_)) entries += entry.exists() ? 1 : 1;
    EXPECT_EQ(entries, 1u);
  }

 private:
  std::string path_;
};

void replace_by_link(const Box& box, const std::string& path, const std::string& target) {
  fs::remove_all(box.rootfs() + path);
  fs::create_directory_symlink(target, box.rootfs() + path);
}

TEST(HostileRoot, LinksToAbsolutePathsStayInside) {
  Box box;
  const Target target(box);
  const Leaks before = Leaks::take({box.name(), {}});
  for (const char* path : {"/proc", "/dev", "/sys", "/etc"}) {
    replace_by_link(box, path, target.path());
    Spec spec = box.spec("true");
    spec.mounts.push_back({"/etc/hosts", "bind", "/etc/hostname", {"bind"}});
    box.run(spec);  // whether it can be a container does not matter
    target.expect_untouched();
    fs::remove(box.rootfs() + path);
    make_dirs(box.rootfs() + path);
  }
  EXPECT_EQ(leaked_since(before, {box.name(), {}}), "");
}

TEST(HostileRoot, LinksUpwardsStayInside) {
  Box box;
  const Target target(box);
  const std::string up = "../../../../../../../../../../.." + target.path();
  for (const char* path : {"/dev", "/etc", "/mnt"}) {
    replace_by_link(box, path, up);
    Spec spec = box.spec("true");
    spec.mounts.push_back({"/mnt/made/below", "tmpfs", "tmpfs", {}});
    box.run(spec);
    target.expect_untouched();
    fs::remove(box.rootfs() + path);
    make_dirs(box.rootfs() + path);
  }
}

TEST(HostileRoot, DanglingLinksAreFollowedInside) {
  Box box;
  fs::create_symlink("../run/made/resolv.conf", box.rootfs() + "/etc/resolv.conf");
  fs::create_symlink("/var/lib/elsewhere", box.rootfs() + "/data");
  Spec spec = box.spec("cat /run/made/resolv.conf; touch /var/lib/elsewhere/x && echo written");
  replace_file(box.outside("resolv"), "nameserver 127.0.0.1\n");
  spec.mounts.push_back({"/etc/resolv.conf", "bind", box.outside("resolv"), {"bind", "ro"}});
  spec.mounts.push_back({"/data", "tmpfs", "tmpfs", {}});
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output, "nameserver 127.0.0.1\nwritten\n");
}

TEST(HostileRoot, LoopsEnd) {
  Box box;
  replace_by_link(box, "/mnt", "/mnt");
  fs::create_symlink("/b/x", box.rootfs() + "/a");
  fs::create_symlink("/a/x", box.rootfs() + "/b");
  for (const char* path : {"/mnt", "/a", "/a/b/c"}) {
    Spec spec = box.spec("true");
    spec.mounts.push_back({path, "tmpfs", "tmpfs", {}});
    const Ran ran = box.run(spec);
    EXPECT_FALSE(ran.started);
    EXPECT_EQ(ran.failure.errno_value, ELOOP) << ran.failure.text;
  }
}

TEST(HostileRoot, AFileWhereAFolderShouldBeIsAnError) {
  Box box;
  fs::remove_all(box.rootfs() + "/proc");
  replace_file(box.rootfs() + "/proc", "not a folder");
  const Ran ran = box.sh("true");
  EXPECT_FALSE(ran.started);
  EXPECT_EQ(ran.failure.text, "mount proc at /proc: Not a directory");
}

TEST(HostileRoot, DescriptorLinksDoNotLeadOut) {
  Box box;
  const Target target(box);
  const Fd open_folder = open_path(target.path(), 0);
  const std::string link = "/proc/self/fd/" + std::to_string(open_folder.get());
  fs::create_symlink(link, box.rootfs() + "/mnt");
  Spec spec = box.spec("true");
  spec.mounts.push_back({"/mnt/x", "tmpfs", "tmpfs", {}});
  EXPECT_FALSE(box.run(spec).started);
  spec = box.spec("touch x");
  spec.process.cwd = link;
  EXPECT_FALSE(box.run(spec).started);
  spec.process.cwd = "/mnt";
  EXPECT_FALSE(box.run(spec).started);
  target.expect_untouched();
}

TEST(HostileRoot, MaskedPathsThatAreLinksCoverTheirTargetInside) {
  Box box;
  const Target target(box);
  fs::create_symlink(target.path() + "/file", box.rootfs() + "/secret");
  make_dirs(box.rootfs() + target.path());
  replace_file(box.rootfs() + target.path() + "/file", "the container's\n");
  Spec spec = box.spec("cat /secret | wc -c");
  spec.linux_.masked_paths.push_back("/secret");
  EXPECT_EQ(box.run(spec).output, "0\n");
  target.expect_untouched();
}

}  // namespace
}  // namespace podrun::test
