// Importing every kind of source: what lands in the store, and what an export gives back.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/manage.h"
#include "rootfs-tools/store.h"
#include "tests/support/archives.h"
#include "tests/support/temp_dir.h"

namespace podrun::images {
namespace {

using test::TarItem;
using Names = std::vector<std::string>;

TarItem device(char type, const std::string& path, unsigned major, unsigned minor) {
  TarItem item = TarItem::file(path, "", 0660);
  item.type = type;
  item.major = major;
  item.minor = minor;
  return item;
}

class ImageImport : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) {
    replace_file(dir_ / name, bytes);
    return dir_ / name;
  }
  Image import(const std::string& bytes, const ImportOptions& options = {}) {
    return import_image(data_, write("source.tar", bytes), options);
  }
  std::string layer_folder(const Image& image, std::size_t number = 0) {
    return Store(data_).layer_folders(image).at(number);
  }
  static struct stat look_at(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status;
  }
  static std::string attribute(const std::string& path, const char* name) {
    char value[256];
    const ssize_t n = ::lgetxattr(path.c_str(), name, value, sizeof value);
    return n < 0 ? "(none)" : std::string(value, static_cast<std::size_t>(n));
  }
  std::string exported(const std::string& data, const std::string& reference,
                       ExportFormat format = ExportFormat::kDockerArchive) {
    const std::string file = dir_ / "exported.tar";
    const Fd out = open_path(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ExportOptions options;
    options.format = format;
    export_image(data, reference, out.get(), options);
    return file;
  }

  test::TempDir dir_;
  std::string data_ = dir_ / "data";
};

TEST_F(ImageImport, KeepsWhatAFileIs) {
  TarItem program = TarItem::file("bin/su", "program", 04755);
  program.uid = 12;
  program.gid = 34;
  program.mtime = 1234567890;
  program.pax = {{"SCHILY.xattr.user.color", "blue"},
                 {"SCHILY.xattr.trusted.overlay.redirect", "/etc"},
                 {"SCHILY.xattr.trusted.overlay.opaque", "y"}};
  TarItem folder = TarItem::folder("srv", 02770);
  folder.mtime = 1111111111;
  folder.gid = 50;
  const Image image = import(test::make_tar(
      {TarItem::folder("./", 0751), program, folder, TarItem::file("srv/late", "after its folder"),
       TarItem::hard_link("bin/sudo", "bin/su"), TarItem::symlink("etc", "/../../outside"),
       device('3', "dev/null", 1, 3), device('4', "dev/sda", 8, 0), device('6', "fifo", 0, 0),
       TarItem::file(std::string(150, 'n') + "/long", "x"), TarItem::file("umläut", "ü")}));
  const std::string root = layer_folder(image);
  EXPECT_EQ(look_at(root).st_mode & 07777, 0751u);
  const struct stat su = look_at(root + "/bin/su");
  EXPECT_EQ(su.st_mode, S_IFREG | 04755u);
  EXPECT_EQ(su.st_uid, 12u);
  EXPECT_EQ(su.st_gid, 34u);
  EXPECT_EQ(su.st_mtim.tv_sec, 1234567890);
  EXPECT_EQ(su.st_nlink, 2u);
  EXPECT_EQ(look_at(root + "/bin/sudo").st_ino, su.st_ino);
  EXPECT_EQ(attribute(root + "/bin/su", "user.color"), "blue");
  EXPECT_EQ(attribute(root + "/bin/su", "trusted.overlay.redirect"), "(none)");
  EXPECT_EQ(attribute(root + "/bin/su", "trusted.overlay.opaque"), "(none)");
  const struct stat srv = look_at(root + "/srv");
  EXPECT_EQ(srv.st_mode, S_IFDIR | 02770u);
  EXPECT_EQ(srv.st_gid, 50u);
  EXPECT_EQ(srv.st_mtim.tv_sec, 1111111111);
  EXPECT_TRUE(S_ISLNK(look_at(root + "/etc").st_mode));
  EXPECT_EQ(look_at(root + "/dev/null").st_rdev, makedev(1, 3));
  EXPECT_EQ(look_at(root + "/dev/null").st_mode, S_IFCHR | 0660u);
  EXPECT_EQ(look_at(root + "/dev/sda").st_mode, S_IFBLK | 0660u);
  EXPECT_EQ(look_at(root + "/fifo").st_mode, S_IFIFO | 0660u);
  EXPECT_EQ(read_file(root + "/" + std::string(150, 'n') + "/long"), "x");
  EXPECT_EQ(read_file(root + "/umläut"), "ü");
  EXPECT_EQ(image.size, 7u + 16u + 1u + 2u);
  EXPECT_TRUE(image.names.empty());
}

TEST_F(ImageImport, NotesDevicesAndDroppedAttributes) {
  TarItem file = TarItem::file("f", "x");
  file.pax = {{"SCHILY.xattr.trusted.overlay.opaque", "y"}};
  std::vector<std::string> notes;
  ImportOptions options;
  options.note = [&](const std::string& text) { notes.push_back(text); };
  import(test::make_tar({device('3', "dev/null", 1, 3), file}), options);
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes[0], "archive: device node \"dev/null\" (character 1:3)");
  EXPECT_EQ(notes[1], "archive: attribute \"trusted.overlay.opaque\" of \"f\" was dropped");
}

TEST_F(ImageImport, SparseFiles) {
  // GNU tar's old form: a map in the header, real size 1 MiB, one block of data at 512 KiB.
  const std::string script = "cd " + dir_.path() +
                             " && mkdir s && truncate -s 1M s/hole && printf data | dd of=s/hole "
                             "bs=1 seek=524288 conv=notrunc status=none && "
                             "tar -S --format=gnu -cf gnu.tar -C s . && "
                             "tar -S --format=posix -cf posix.tar -C s .";
  ASSERT_EQ(std::system(script.c_str()), 0);
  for (const char* name : {"gnu.tar", "posix.tar"}) {
    const Image image = import_image(data_, dir_ / name, {});
    const std::string file = layer_folder(image) + "/hole";
    EXPECT_EQ(look_at(file).st_size, 1 << 20);
    EXPECT_LT(look_at(file).st_blocks, 100);
    EXPECT_EQ(read_file(file), read_file(dir_ / "s/hole"));
    const Image again = import_image(dir_ / "other", exported(data_, image.id), {});
    EXPECT_EQ(again.id, image.id);
  }
}

TEST_F(ImageImport, WhiteoutsAndOpaqueFolders) {
  const std::string upper =
      test::make_tar({TarItem::file("a/.wh.gone", ""), TarItem::file("b/.wh..wh..opq", ""),
                      TarItem::file("b/new", "new"), TarItem::file(".wh.both", ""),
                      TarItem::file("both/inside", "x"), TarItem::folder("late"),
                      TarItem::file(".wh.late", ""), TarItem::file(".wh.file", ""),
                      TarItem::file("file", "again"), TarItem::file(".wh..wh.aufs", "")});
  const std::string lower = test::make_tar(
      {TarItem::file("a/gone", "1"), TarItem::file("a/kept", "2"), TarItem::file("b/old", "3"),
       TarItem::file("both/old", "4"), TarItem::file("late/old", "5"), TarItem::file("file", "6")});
  const Image image = import(test::make_tar(test::docker_items({lower, upper})));
  const std::string root = layer_folder(image, 1);
  EXPECT_EQ(look_at(root + "/a/gone").st_mode & S_IFMT, static_cast<mode_t>(S_IFCHR));
  EXPECT_EQ(look_at(root + "/a/gone").st_rdev, 0u);
  EXPECT_EQ(attribute(root + "/b", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(attribute(root + "/both", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(attribute(root + "/late", "trusted.overlay.opaque"), "y");
  EXPECT_EQ(read_file(root + "/file"), "again");
  EXPECT_EQ(attribute(root + "/a", "trusted.overlay.opaque"), "(none)");

  const Snapshot snapshot = Snapshot::create(Store(data_), image, "whiteouts");
  const auto in_merged = [&](const char* path) {
    return ::faccessat(snapshot.mount_fd(), path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
  };
  EXPECT_FALSE(in_merged("a/gone"));
  EXPECT_TRUE(in_merged("a/kept"));
  EXPECT_FALSE(in_merged("b/old"));
  EXPECT_TRUE(in_merged("b/new"));
  EXPECT_FALSE(in_merged("both/old"));
  EXPECT_TRUE(in_merged("both/inside"));
  EXPECT_TRUE(in_merged("late"));
  EXPECT_FALSE(in_merged("late/old"));
  EXPECT_EQ(read_file_at(snapshot.mount_fd(), "file"), "again");
}

TEST_F(ImageImport, CompressionAndFormDoNotMatter) {
  const std::string tar = test::make_tar({TarItem::folder("etc"), TarItem::file("etc/name", "x")});
  const Image plain = import(tar);
  EXPECT_EQ(plain.layers, Names{test::sha256(tar)});
  EXPECT_EQ(plain.created, "2023-11-14T22:13:20Z");
  EXPECT_EQ(import(test::gzip(tar)).id, plain.id);
  EXPECT_EQ(import(test::zstd(tar)).id, plain.id);

  const auto docker = test::docker_items({tar});
  const Image image = import(test::make_tar(docker));
  EXPECT_EQ(image.id, test::sha256(docker[0].content));
  EXPECT_EQ(image.names, Names{"docker.io/test/image:1"});
  EXPECT_EQ(image.layers, plain.layers);
  EXPECT_EQ(image.config.cmd, Names{"/bin/true"});
  EXPECT_EQ(import(test::gzip(test::make_tar(docker))).id, image.id);
  EXPECT_EQ(import(test::zstd(test::make_tar(docker))).id, image.id);
  for (const auto pack : {test::gzip, test::zstd}) {
    EXPECT_EQ(import(test::make_tar(test::oci_items({tar}, pack))).id, image.id);
  }
  EXPECT_EQ(Store(data_).list().size(), 2u);
}

TEST_F(ImageImport, Folders) {
  const std::string root = dir_ / "root";
  make_dirs(root + "/etc");
  replace_file(root + "/etc/name", "x", 0640);
  ASSERT_EQ(::link((root + "/etc/name").c_str(), (root + "/etc/same").c_str()), 0);
  ASSERT_EQ(::symlink("name", (root + "/etc/link").c_str()), 0);
  ASSERT_EQ(::mknod((root + "/null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
  ASSERT_EQ(::chown((root + "/etc/name").c_str(), 7, 8), 0);
  ASSERT_EQ(::chmod((root + "/etc").c_str(), 01777), 0);
  ASSERT_EQ(::setxattr((root + "/etc").c_str(), "user.a", "b", 1, 0), 0);
  const Image image = import_image(data_, root, {});
  EXPECT_EQ(import_image(data_, root, {}).id, image.id);
  EXPECT_EQ(import_image(dir_ / "other", root, {}).id, image.id);
  const std::string layer = layer_folder(image);
  EXPECT_EQ(look_at(layer + "/etc/name").st_uid, 7u);
  EXPECT_EQ(look_at(layer + "/etc/name").st_mode & 07777, 0640u);
  EXPECT_EQ(look_at(layer + "/etc/same").st_ino, look_at(layer + "/etc/name").st_ino);
  EXPECT_EQ(look_at(layer + "/etc").st_mode & 07777, 01777u);
  EXPECT_EQ(look_at(layer + "/etc").st_mtim.tv_sec, look_at(root + "/etc").st_mtim.tv_sec);
  EXPECT_EQ(attribute(layer + "/etc", "user.a"), "b");
  EXPECT_EQ(look_at(layer + "/null").st_rdev, makedev(1, 3));

  for (const TarItem& item : test::oci_items({test::make_tar({TarItem::file("f", "y")})})) {
    const std::string file = dir_ / ("layout/" + item.path);
    make_dirs(file.substr(0, file.rfind('/')));
    replace_file(file, item.content);
  }
  const Image layout = import_image(data_, dir_ / "layout", {});
  EXPECT_EQ(layout.names, Names{"docker.io/test/image:1"});
  EXPECT_EQ(read_file(layer_folder(layout) + "/f"), "y");
}

TEST_F(ImageImport, LayoutForSeveralPlatforms) {
  auto items = test::oci_items({test::make_tar({TarItem::file("f", "y")})});
  const std::string good = items.back().content;
  const auto manifests = nlohmann::json::parse(good);
  nlohmann::json mine = manifests["manifests"][0];
  mine["platform"] = {{"os", "linux"}, {"architecture", "amd64"}};
  nlohmann::json other = mine;
  other["digest"] = test::sha256("somewhere else");
  other["platform"]["architecture"] = "s390x";
  const std::string inner = nlohmann::json{{"manifests", {other, mine}}}.dump();
  items.push_back(TarItem::file("blobs/sha256/" + test::sha256_hex(inner), inner));
  items[items.size() - 2].content = nlohmann::json{
      {"manifests",
       {{{"mediaType", "application/vnd.oci.image.index.v1+json"},
         {"digest", test::sha256(inner)},
         {"size", inner.size()}}}}}.dump();
#if defined(__x86_64__)
  EXPECT_EQ(import(test::make_tar(items)).architecture, "amd64");
#else
  EXPECT_THROW(import(test::make_tar(items)), BadInput);
#endif
}

TEST_F(ImageImport, OldArchivesLinkEqualLayers) {
  const std::string tar = test::make_tar({TarItem::file("f", "y")});
  auto items = test::docker_items({tar, tar});
  items[2] = TarItem::symlink("layer2/layer.tar", "../layer1/layer.tar");
  const Image image = import(test::make_tar(items));
  EXPECT_EQ(image.layers, (Names{test::sha256(tar), test::sha256(tar)}));
  // The same folder twice is more than overlayfs takes.
  EXPECT_NO_THROW(Snapshot::create(Store(data_), image, "twice"));
  EXPECT_EQ(import_image(dir_ / "other", exported(data_, image.id), {}).id, image.id);
}

TEST_F(ImageImport, NamesMoveAndLayersAreShared) {
  const std::string base = test::make_tar({TarItem::file("base", "b")});
  const std::string top = test::make_tar({TarItem::file("top", "t")});
  const Image one = import(test::make_tar(test::docker_items({base}, R"(["a:1","b:1"])")));
  EXPECT_EQ(one.names, (Names{"docker.io/library/a:1", "docker.io/library/b:1"}));
  const ino_t before = look_at(layer_folder(one) + "/base").st_ino;
  const Image two = import(test::make_tar(test::docker_items({base, top}, R"(["b:1"])")));
  EXPECT_EQ(look_at(layer_folder(two) + "/base").st_ino, before);
  const Store store(data_);
  EXPECT_EQ(store.find("b:1")->id, two.id);
  EXPECT_EQ(store.find("a:1")->names, Names{"docker.io/library/a:1"});
  EXPECT_EQ(store.find(one.id.substr(7, 12))->id, one.id);
  EXPECT_EQ(store.find(one.id)->id, one.id);
  EXPECT_FALSE(store.find("c:1"));
  ImportOptions options;
  options.name = "other/name";
  EXPECT_EQ(import(test::make_tar(test::docker_items({base})), options).names,
            (Names{"docker.io/library/a:1", "docker.io/other/name:latest"}));
}

TEST_F(ImageImport, SeveralImagesInOneArchive) {
  const std::string tar = test::make_tar({TarItem::file("f", "y")});
  auto one = test::docker_items({tar}, R"(["one:1"])");
  const std::string config = test::make_config({tar}, R"({"Cmd":["/two"]})");
  auto manifest = nlohmann::json::parse(one.back().content);
  manifest.push_back({{"Config", test::sha256_hex(config) + ".json"},
                      {"RepoTags", {"two:1", "three:1"}},
                      {"Layers", manifest[0]["Layers"]}});
  one.back().content = manifest.dump();
  one.push_back(TarItem::file(test::sha256_hex(config) + ".json", config));
  const auto images = import_images(data_, write("two.tar", test::make_tar(one)), {});
  ASSERT_EQ(images.size(), 2u);
  EXPECT_EQ(images[1].config.cmd, Names{"/two"});
  EXPECT_EQ(images[1].names.size(), 2u);
  ImportOptions options;
  options.name = "x";
  EXPECT_THROW(import_images(data_, dir_ / "two.tar", options), BadInput);
}

TEST_F(ImageImport, ChangesMakeTheConfiguration) {
  ImportOptions options;
  options.name = "mine";
  options.changes = {"ENTRYPOINT [\"/server\", \"-v\"]",
                     "CMD echo hi",
                     "ENV A=1 B=\"x y\"",
                     "env C the rest",
                     "WORKDIR /srv",
                     "USER 7:8",
                     "EXPOSE 8080 53/udp",
                     "LABEL k=v",
                     "STOPSIGNAL SIGINT"};
  const Image image = import(test::make_tar({TarItem::file("server", "x")}), options);
  EXPECT_EQ(image.config.entrypoint, (Names{"/server", "-v"}));
  EXPECT_EQ(image.config.cmd, (Names{"/bin/sh", "-c", "echo hi"}));
  EXPECT_EQ(image.config.env, (Names{"A=1", "B=x y", "C=the rest"}));
  EXPECT_EQ(image.config.working_dir, "/srv");
  EXPECT_EQ(image.config.user, "7:8");
  EXPECT_EQ(image.config.exposed_ports, (Names{"8080/tcp", "53/udp"}));
  EXPECT_EQ(image.config.labels.at("k"), "v");
  EXPECT_EQ(image.config.stop_signal, "SIGINT");
  EXPECT_EQ(Store(data_).find("mine")->config.entrypoint, (Names{"/server", "-v"}));
}

TEST_F(ImageImport, ExportsKeepEveryDigest) {
  const std::string base =
      test::make_tar({TarItem::folder("d"), TarItem::file("d/f", std::string(5000, 'f')),
                      TarItem::hard_link("d/g", "d/f"), device('3', "null", 1, 3)});
  // Trailing blocks as GNU tar pads them: part of the digest.
  const std::string top = test::make_tar({TarItem::file("d/.wh.f", ""), TarItem::file("z", "z")}) +
                          std::string(8192, '\0');
  const Image image = import(test::make_tar(test::docker_items({base, top})));
  for (const auto format : {ExportFormat::kDockerArchive, ExportFormat::kOciLayout}) {
    const std::string file = exported(data_, "test/image:1", format);
    const std::string other = dir_ / ("other" + std::to_string(static_cast<int>(format)));
    const Image again = import_image(other, file, {});
    EXPECT_EQ(again.id, image.id);
    EXPECT_EQ(again.layers, image.layers);
    EXPECT_EQ(again.names, image.names);
    const std::string first = read_file(file);
    EXPECT_EQ(read_file(exported(other, image.id, format)), first);
  }
  replace_file(layer_folder(image) + "/d/f", std::string(5000, 'x'));
  EXPECT_THROW(exported(data_, "test/image:1"), Error);
  EXPECT_THROW(exported(data_, "nothing"), BadInput);
}

TEST_F(ImageImport, TellsHowFarItIs) {
  std::vector<Progress> reports;
  ImportOptions options;
  options.progress = [&](const Progress& progress) { reports.push_back(progress); };
  const std::string tar = test::make_tar({TarItem::file("f", std::string(3 << 20, 'f'))});
  import(test::make_tar(test::docker_items({tar, tar})), options);
  ASSERT_GT(reports.size(), 5u);
  EXPECT_EQ(reports.back().what, "layer 2/2");
  EXPECT_EQ(reports.back().total, 2 * tar.size());
  EXPECT_EQ(reports.back().done, reports.back().total);
}

TEST_F(ImageImport, FromAPipe) {
  const std::string tar = test::gzip(test::make_tar({TarItem::file("f", "y")}));
  const Image image = import(tar);
  const std::string fifo = dir_ / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  std::jthread writer([&] { write_all(open_path(fifo, O_WRONLY).get(), tar, fifo); });
  EXPECT_EQ(import_image(data_, fifo, {}).id, image.id);
}

}  // namespace
}  // namespace podrun::images
