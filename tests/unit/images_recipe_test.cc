// A recipe gives back the bytes of the tar that it was made from.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/recipe.h"
#include "tests/support/archives.h"
#include "tests/support/temp_dir.h"

namespace podrun::images {
namespace {

using test::TarItem;

class Recipe : public ::testing::Test {
 protected:
  /// Feeds `tar` in pieces; the files with data in it are named in `items`.
  void record(const std::string& tar, const std::vector<TarItem>& items, std::size_t piece) {
    RecipeWriter writer(open_path(dir_ / "recipe", O_WRONLY | O_CREAT | O_TRUNC, 0600), "test");
    for (std::size_t at = 0; at < tar.size(); at += piece) {
      writer.feed(tar.data() + at, std::min(piece, tar.size() - at));
    }
    for (const TarItem& item : items) {
      if (item.type != '0' || item.content.empty()) continue;
      const std::string path = clean_entry_path(item.path, "test");
      const std::string file = dir_ / ("layer/" + path);
      make_dirs(file.substr(0, file.rfind('/')));
      replace_file(file, item.content);
      writer.file(path, item.content.size());
    }
    writer.finish();
  }
  std::string replayed() {
    std::string bytes;
    replay_recipe(dir_ / "recipe", dir_ / "layer",
                  [&](const char* data, std::size_t size) { bytes.append(data, size); });
    EXPECT_EQ(bytes.size(), recipe_length(dir_ / "recipe"));
    return bytes;
  }
  test::TempDir dir_;
};

TEST_F(Recipe, ReplaysEveryByte) {
  const std::vector<TarItem> items = {
      TarItem::folder("./"),
      TarItem::file("a", "content"),
      TarItem::file(std::string(200, 'l') + "/b", std::string(5000, 'b')),
      TarItem::file("empty", ""),
      TarItem::symlink("s", "a"),
      TarItem::hard_link("h", "a"),
      TarItem::file("block", std::string(512, 'c')),
  };
  const std::string tar = test::make_tar(items) + std::string(4096, '\0') + "junk after the end";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{512}, tar.size()}) {
    record(tar, items, piece);
    EXPECT_EQ(replayed(), tar);
  }
}

TEST_F(Recipe, RefusesWhatReadersUnderstandDifferently) {
  const TarItem file = TarItem::file("a", "content");
  EXPECT_THROW(record(test::make_tar({file}), {}, 512), BadInput);
  EXPECT_THROW(record(test::make_tar({}), {file}, 512), BadInput);
  EXPECT_THROW(record(test::make_tar({TarItem::file("a", "longer content")}), {file}, 512),
               BadInput);
  TarItem link = TarItem::hard_link("h", "a");
  link.content = "data";
  EXPECT_THROW(record(test::make_tar({link}), {}, 512), BadInput);
}

TEST_F(Recipe, NoticesChangedFiles) {
  const std::vector<TarItem> items = {TarItem::file("a", "content")};
  record(test::make_tar(items), items, 512);
  replace_file(dir_ / "layer/a", "other length");
  EXPECT_THROW(replayed(), Error);
  remove_tree(dir_ / "layer/a");
  EXPECT_THROW(replayed(), Error);
}

TEST(EntryPath, IsMadeClean) {
  EXPECT_EQ(clean_entry_path("./a//b/./c/", "t"), "a/b/c");
  EXPECT_EQ(clean_entry_path("./", "t"), "");
  EXPECT_EQ(clean_entry_path("...", "t"), "...");
  for (const char* bad : {"", "/a", "..", "a/..", "../a", "a/../b", "./.."}) {
    EXPECT_THROW(clean_entry_path(bad, "t"), BadInput) << bad;
  }
  EXPECT_EQ(in_quotes("a\nb\x7f"), "\"a\\x0ab\\x7f\"");
}

}  // namespace
}  // namespace podrun::images
