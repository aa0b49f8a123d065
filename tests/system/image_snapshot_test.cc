// Writable layers: empty at first, of their container alone, gone in the end.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "rootfs-tools/disposer.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/overlay.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/snapshots.h"
#include "rootfs-tools/store.h"
#include "tests/support/archives.h"
#include "tests/support/leaks.h"
#include "tests/support/temp_dir.h"

namespace podrun::images {
namespace {

using test::TarItem;

class ImageSnapshot : public ::testing::Test {
 protected:
  Image import(const std::vector<std::string>& layers) const {
    replace_file(dir_ / "source.tar", test::make_tar(test::docker_items(layers)));
    return import_image(data_, dir_ / "source.tar", {});
  }
  static void put(int folder, const char* path, const std::string& text) {
    const Fd file = open_at(folder, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    write_all(file.get(), text, path);
  }
  test::TempDir dir_;
  std::string data_ = dir_ / "data";
};

TEST_F(ImageSnapshot, EachContainerHasAnEmptyLayerOfItsOwn) {
  const Image image =
      import({test::make_tar({TarItem::folder("./", 0711), TarItem::file("f", "image")})});
  const Store store(data_);
  const test::LeakScope scope{dir_.name(), {data_ + "/snapshots"}, 0};
  const test::Leaks before = test::Leaks::take(scope);
  {
    Snapshot one = Snapshot::create(store, image, "one");
    const Snapshot two = Snapshot::create(store, image, "two");
    EXPECT_EQ(snapshots_in_use(data_).size(), 2u);
    EXPECT_EQ(snapshots_in_use(data_)[0].image_id, image.id);
    struct stat status {};
    ASSERT_EQ(::fstat(one.mount_fd(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0711u);
    put(one.mount_fd(), "f", "changed");
    put(one.mount_fd(), "new", "new");
    EXPECT_EQ(::unlinkat(one.mount_fd(), "f", 0), 0);
    EXPECT_EQ(read_file_at(two.mount_fd(), "f"), "image");
    EXPECT_NE(::faccessat(two.mount_fd(), "new", F_OK, 0), 0);
    EXPECT_THROW(Snapshot::create(store, image, "one"), Error);
    one.close_mount();
    EXPECT_EQ(::access((data_ + "/snapshots/one/upper/new").c_str(), F_OK), 0);
  }
  EXPECT_EQ(test::leaked_since(before, scope), "");
  EXPECT_EQ(read_file_at(Snapshot::create(store, image, "one").mount_fd(), "f"), "image");
}

TEST_F(ImageSnapshot, AFolderServesTheNextWithNothingOfTheFirstInIt) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  const Store store(data_);
  const auto inode = [&](const std::string& id) {
    struct stat status {};
    EXPECT_EQ(::stat((data_ + "/snapshots/" + id).c_str(), &status), 0);
    return status.st_ino;
  };
  ino_t first = 0;
  {
    const Snapshot one = Snapshot::create(store, image, "one");
    first = inode("one");
    put(one.mount_fd(), "new", "new");
    const Fd root = open_at(one.mount_fd(), ".", O_RDONLY | O_DIRECTORY);
    ASSERT_EQ(::fchmod(root.get(), 0700), 0);
    ASSERT_EQ(::fsetxattr(root.get(), "trusted.mine", "1", 1, 0), 0);
  }
  const Image other = import({test::make_tar({TarItem::file("f", "other")})});
  const Snapshot two = Snapshot::create(store, other, "two");
  EXPECT_EQ(inode("two"), first);
  EXPECT_EQ(snapshots_in_use(data_).at(0).image_id, other.id);
  EXPECT_EQ(read_file_at(two.mount_fd(), "f"), "other");
  EXPECT_NE(::faccessat(two.mount_fd(), "new", F_OK, 0), 0);
  const Fd root = open_at(two.mount_fd(), ".", O_RDONLY | O_DIRECTORY);
  EXPECT_LT(::fgetxattr(root.get(), "trusted.mine", nullptr, 0), 0);
  struct stat status {};
  ASSERT_EQ(::fstat(two.mount_fd(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755u);
}

TEST_F(ImageSnapshot, NoMoreThanAFewFoldersAreKept) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  const Store store(data_);
  {
    std::vector<Snapshot> many;
    for (int i = 0; i < 20; ++i) many.push_back(Snapshot::create(store, image, std::to_string(i)));
  }
  EXPECT_TRUE(snapshot_ids(data_).empty());
  int spares = 0;
  for (const auto& each : std::filesystem::directory_iterator(data_ + "/spares")) {
    ++spares;
    EXPECT_FALSE(std::filesystem::exists(each.path() / "upper"));
    EXPECT_TRUE(std::filesystem::is_empty(each.path() / "work"));
  }
  EXPECT_EQ(spares, 16);
}

TEST_F(ImageSnapshot, NamesCannotLeadElsewhere) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  for (const char* id : {"", ".", "..", "a/b", "../x"}) {
    EXPECT_THROW(Snapshot::create(Store(data_), image, id), Error) << id;
  }
}

TEST_F(ImageSnapshot, PruneKeepsTheLiving) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  const pid_t pid = ::fork();
  if (pid == 0) {
    const Snapshot one = Snapshot::create(Store(data_), image, "one");
    const Snapshot two = Snapshot::create(Store(data_), image, "two");
    ::_exit(0);  // as if killed: nothing is taken down
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(snapshot_ids(data_).size(), 2u);
  prune_snapshots(data_, {"two"});
  EXPECT_EQ(snapshot_ids(data_), std::vector<std::string>{"two"});
  prune_snapshots(data_, {});
  EXPECT_TRUE(snapshot_ids(data_).empty());
}

TEST_F(ImageSnapshot, DisposedBesideTheCaller) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  const Store store(data_);
  SnapshotDisposer disposer;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 5; ++i) {
      disposer.dispose(Snapshot::create(store, image, std::to_string(round * 10 + i)));
    }
    if (round == 1) disposer.wait();
  }
  disposer.wait();
  EXPECT_TRUE(snapshot_ids(data_).empty());
}

TEST_F(ImageSnapshot, APlaceForTheTokenCostsNoFileInTheWritableLayer) {
  const std::string token = kTokenBelowRun;
  struct Case {
    std::vector<std::string> layers;
    std::string there, not_there;
  };
  const std::string with_link = test::make_tar({TarItem::symlink("var/run", "/run")});
  const std::string with_folder = test::make_tar({TarItem::folder("var/run/", 0755)});
  const std::vector<Case> cases = {
      {{test::make_tar({TarItem::file("f", "x")})}, "/var/run", "/run"},
      {{with_folder}, "/var/run", "/run"},
      {{with_link}, "/run", ""},
      {{with_folder, with_link}, "/run", ""},
      {{with_link, test::make_tar({TarItem::file("f", "x")})}, "/run", ""},
  };
  for (const Case& each : cases) {
    const Image image = import(each.layers);
    SCOPED_TRACE(image.id);
    const Snapshot snapshot =
        Snapshot::create(Store(data_), image, "token", MountPoints::kServiceAccountToken);
    EXPECT_EQ(::faccessat(snapshot.mount_fd(), (each.there + token).substr(1).c_str(), F_OK, 0), 0);
    if (!each.not_there.empty()) {
      EXPECT_NE(::faccessat(snapshot.mount_fd(), each.not_there.substr(1).c_str(), F_OK, 0), 0);
    }
    struct stat status {};
    ASSERT_EQ(
        ::fstatat(snapshot.mount_fd(), (each.there + "/secrets").substr(1).c_str(), &status, 0), 0);
    EXPECT_EQ(status.st_mode & 07777, 0755u);
    const Snapshot usual = Snapshot::create(Store(data_), image, "usual");
    EXPECT_NE(::faccessat(usual.mount_fd(), (each.there + "/secrets").substr(1).c_str(), F_OK, 0),
              0);
  }
}

TEST_F(ImageSnapshot, ManyLayersTopmostWins) {
  std::vector<std::string> layers;
  for (int i = 0; i < 90; ++i) {
    layers.push_back(test::make_tar(
        {TarItem::file("f" + std::to_string(i), "x"), TarItem::file("same", std::to_string(i))}));
  }
  const Image image = import(layers);
  const Store store(data_);
  const Snapshot snapshot = Snapshot::create(store, image, "many");
  EXPECT_EQ(read_file_at(snapshot.mount_fd(), "same"), "89");
  EXPECT_EQ(read_file_at(snapshot.mount_fd(), "f0"), "x");
}

TEST_F(ImageSnapshot, TheWaysOfOlderKernels) {
  for (const int count : {1, 2, 12, 90}) {
    SCOPED_TRACE(count);
    OverlayFolders folders;
    for (int i = 0; i < count; ++i) {
      folders.lower.push_back(dir_ /
                              ("layers,of:" + std::to_string(count) + "/" + std::to_string(i)));
      make_dirs(folders.lower.back());
      replace_file(folders.lower.back() + "/same", std::to_string(i));
      replace_file(folders.lower.back() + "/f" + std::to_string(i), "x");
    }
    const test::LeakScope scope{dir_.name(), {}, 0};
    const test::Leaks before = test::Leaks::take(scope);
    for (const auto mount_it : {mount_overlay_by_list, mount_overlay_by_string}) {
      folders.upper = dir_ / "upper";
      folders.work = dir_ / "work";
      remove_tree(folders.upper);
      remove_tree(folders.work);
      make_dirs(folders.upper);
      make_dirs(folders.work);
      const Fd mount = mount_it(folders);
      EXPECT_EQ(read_file_at(mount.get(), "same"), std::to_string(count - 1));
      EXPECT_EQ(read_file_at(mount.get(), "f0"), "x");
      put(mount.get(), "new", "new");
      EXPECT_EQ(read_file(folders.upper + "/new"), "new");
    }
    EXPECT_EQ(test::leaked_since(before, scope), "");
  }
}

TEST_F(ImageSnapshot, DataFoldersWithOddNames) {
  data_ = dir_ / ("a:b,c\\d " + std::string(120, 'x') + "/" + std::string(120, 'y'));
  const Image image = import({test::make_tar({TarItem::file("f", "image")}),
                              test::make_tar({TarItem::file("g", "image")})});
  const Snapshot snapshot = Snapshot::create(Store(data_), image, "odd");
  EXPECT_EQ(read_file_at(snapshot.mount_fd(), "f"), "image");
  put(snapshot.mount_fd(), "f", "changed");
}

TEST_F(ImageSnapshot, ImageWithoutLayers) {
  const Image image = import({});
  const Snapshot snapshot = Snapshot::create(Store(data_), image, "nothing");
  put(snapshot.mount_fd(), "f", "x");
}

TEST_F(ImageSnapshot, SaysWhereAWritableLayerCannotBe) {
  const Image image = import({test::make_tar({TarItem::file("f", "image")})});
  // In /proc nothing can be made; mounted for a child alone.
  const pid_t pid = ::fork();
  if (pid == 0) {
    const std::string upper = data_ + "/snapshots";
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("proc", upper.c_str(), "proc", 0, nullptr) != 0)
      ::_exit(10);
    try {
      const OverlayFolders folders{{data_ + "/images"}, upper + "/self", upper + "/self"};
      mount_overlay(folders);
      ::_exit(11);
    } catch (const Error& error) {
      const std::string text = error.what();
      ::_exit(text.find("put --data-dir on a file system") != std::string::npos ? 0 : 12);
    }
  }
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace podrun::images
