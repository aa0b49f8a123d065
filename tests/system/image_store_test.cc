// The store over time: names, removal, pruning, kills in the middle, several processes at once.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
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
using Lines = std::vector<std::string>;

class ImageStore : public ::testing::Test {
 protected:
  /// An image with a layer for each text; equal texts make equal layers.
  Image import(const std::vector<std::string>& texts, const std::string& tags) {
    replace_file(dir_ / "source.tar", archive(texts, tags));
    return import_image(data_, dir_ / "source.tar", {});
  }
  static std::string archive(const std::vector<std::string>& texts, const std::string& tags) {
    std::vector<std::string> layers;
    for (const std::string& text : texts) {
      layers.push_back(
          test::make_tar({TarItem::folder("etc"), TarItem::file("etc/" + text, text)}));
    }
    return test::make_tar(test::docker_items(layers, tags));
  }
  std::string text_of(const Image& image, const std::string& file) const {
    const Snapshot snapshot = Snapshot::create(Store(data_), image, "reader");
    return read_file_at(snapshot.mount_fd(), file);
  }
  /// Every image's every layer against its digest.
  void verify_all() const {
    const Fd nowhere = open_path("/dev/null", O_WRONLY);
    for (const Image& image : Store(data_).list()) export_image(data_, image.id, nowhere.get());
  }
  bool layer_exists(const std::string& diff_id) const {
    return ::access((data_ + "/images/layers/sha256/" + diff_id.substr(7)).c_str(), F_OK) == 0;
  }
  bool tmp_is_empty() const { return ::rmdir((data_ + "/images/tmp").c_str()) == 0; }

  test::TempDir dir_;
  std::string data_ = dir_ / "data";
};

TEST_F(ImageStore, TagsAndRemoval) {
  const Image one = import({"base", "one"}, R"(["one:1"])");
  const Image two = import({"base", "two"}, R"(["two:1"])");
  tag(data_, "one:1", "uno");
  EXPECT_EQ(Store(data_).find("uno")->id, one.id);
  EXPECT_THROW(tag(data_, "nothing", "x"), BadInput);
  EXPECT_THROW(tag(data_, "one:1", "BAD"), BadInput);
  EXPECT_THROW(remove_image(data_, "nothing", false), BadInput);
  EXPECT_THROW(remove_image(data_, one.id, false), Error);  // it has two names
  EXPECT_EQ(remove_image(data_, "uno", false), Lines{"Untagged: docker.io/library/uno:latest"});
  EXPECT_EQ(remove_image(data_, "one:1", false),
            (Lines{"Untagged: docker.io/library/one:1", "Deleted: " + one.id,
                   "Deleted: " + one.layers[1]}));
  EXPECT_TRUE(layer_exists(two.layers[0]));
  EXPECT_FALSE(layer_exists(one.layers[1]));
  EXPECT_EQ(text_of(two, "etc/base"), "base");
  EXPECT_EQ(remove_image(data_, two.id.substr(7, 12), false).size(), 4u);
  EXPECT_TRUE(Store(data_).list().empty());
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(ImageStore, WhatASnapshotUsesStays) {
  const Image image = import({"base"}, R"(["one:1"])");
  Snapshot snapshot = Snapshot::create(Store(data_), image, "container1");
  try {
    remove_image(data_, "one:1", false);
    ADD_FAILURE() << "was removed";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "image one:1 is in use by container container1 (--force takes its name away)");
  }
  EXPECT_EQ(prune(data_, true).lines, Lines{});
  EXPECT_EQ(remove_image(data_, "one:1", true), Lines{"Untagged: docker.io/library/one:1"});
  EXPECT_EQ(read_file_at(snapshot.mount_fd(), "etc/base"), "base");
  EXPECT_EQ(Store(data_).find(image.id)->id, image.id);
  EXPECT_EQ(prune(data_, false).lines, Lines{});
  snapshot = Snapshot();
  const PruneResult pruned = prune(data_, false);
  EXPECT_EQ(pruned.lines, (Lines{"Deleted: " + image.id, "Deleted: " + image.layers[0]}));
  EXPECT_GT(pruned.reclaimed, 4u);
}

TEST_F(ImageStore, PruneTakesTheNamelessOrAll) {
  const Image old = import({"base", "old"}, R"(["app:1"])");
  const Image fresh = import({"base", "fresh"}, R"(["app:1"])");
  make_dirs(data_ + "/images/layers/sha256/" + std::string(64, 'a'));
  const Lines lines = prune(data_, false).lines;
  EXPECT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0], "Deleted: " + old.id);
  EXPECT_EQ(Store(data_).list().size(), 1u);
  EXPECT_EQ(text_of(fresh, "etc/fresh"), "fresh");
  EXPECT_EQ(prune(data_, true).lines[0], "Untagged: docker.io/library/app:1");
  EXPECT_TRUE(Store(data_).list().empty());
}

TEST_F(ImageStore, DamagedIndexIsAnErrorNotAnEmptyStore) {
  import({"base"}, R"(["one:1"])");
  replace_file(data_ + "/images/index.json",
               "{\"images\":[\n{\"id\":7,\"names\":[\"docker.io/library/one:1\"]}\n]}");
  EXPECT_THROW(Store(data_).list(), Error);
  EXPECT_THROW(Store(data_).find("one:1"), Error);
  EXPECT_THROW(import({"other"}, R"(["two:1"])"), Error);
}

/// Runs an import in a child until its `stops`-th system call stop, and kills it there. True where
/// it ended by itself before.
bool import_until(const std::string& data, const std::string& source, int stops) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    try {
      import_image(data, source, {});
      ::_exit(0);
    } catch (...) {
      ::_exit(1);
    }
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD);
  for (int stop = 0; WIFSTOPPED(status) && stop < stops; ++stop) {
    ::ptrace(PTRACE_SYSCALL, pid, nullptr, nullptr);
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  }
  if (WIFEXITED(status)) {
    EXPECT_EQ(WEXITSTATUS(status), 0);
    return true;
  }
  ::kill(pid, SIGKILL);
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return false;
}

TEST_F(ImageStore, AKillAtAnyMomentLeavesTheOldStateOrTheNew) {
  const Image kept = import({"base", "kept"}, R"(["kept:1"])");
  const std::string source = dir_ / "new.tar";
  replace_file(source, archive({"base", "one", "two"}, R"(["new:1","kept:1"])"));
  int before = 0;
  int after = 0;
  int total = 1;
  while (!import_until(data_, source, total)) total += 200;
  const auto start_again = [&] {
    if (Store(data_).find("new:1")) remove_image(data_, "new:1", true);
    if (const auto moved = Store(data_).find("kept:1"); moved && moved->id != kept.id)
      remove_image(data_, "kept:1", true);
    tag(data_, kept.id, "kept:1");
  };
  start_again();
  // About a hundred kills over the whole import, and finer ones over its last part, the commit.
  for (int stops = 1; stops <= total; stops += stops < total - 400 ? total / 100 + 1 : 5) {
    SCOPED_TRACE(stops);
    const bool ended = import_until(data_, source, stops);
    const Store store(data_);
    const auto fresh = store.find("new:1");
    ASSERT_TRUE(store.find(kept.id));
    if (fresh) {
      ++after;
      EXPECT_EQ(store.find("kept:1")->id, fresh->id);
      EXPECT_EQ(text_of(*fresh, "etc/two"), "two");
      start_again();
    } else {
      ++before;
      EXPECT_EQ(store.find("kept:1")->id, kept.id);
    }
    EXPECT_EQ(text_of(kept, "etc/kept"), "kept");
    verify_all();
    if (HasFailure() || ended) break;
  }
  EXPECT_GT(before, 50);
  EXPECT_GT(after, 0);
  import({"base", "one", "two"}, R"(["new:1"])");
  EXPECT_EQ(Store(data_).list().size(), 2u);
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(ImageStore, SeveralProcessesAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "p" + std::to_string(i);
    const std::string source = dir_ / (name + ".tar");
    replace_file(source, archive({"base", name}, "[\"" + name + ":1\"]"));
    const pid_t pid = ::fork();
    if (pid == 0) {
      try {
        import_image(data_, source, {});
        tag(data_, name + ":1", name + ":2");
        if (name == "p0") remove_image(data_, "p0:1", false);
        ::_exit(0);
      } catch (...) {
        ::_exit(1);
      }
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
  EXPECT_EQ(Store(data_).list().size(), 6u);
  EXPECT_TRUE(Store(data_).find("p5:2"));
  EXPECT_TRUE(Store(data_).find("p0:2"));
  EXPECT_FALSE(Store(data_).find("p0:1"));
  verify_all();
}

}  // namespace
}  // namespace podrun::images
