// Every broken archive gives one BadInput with a text that says what is wrong, and changes nothing.
#include <ftw.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/store.h"
#include "tests/support/archives.h"
#include "tests/support/temp_dir.h"

namespace podrun::images {
namespace {

/// Every file below a folder with what can be seen of it.
std::string listing(const std::string& folder) {
  static std::vector<std::string> lines;
  lines.clear();
  ::nftw(
      folder.c_str(),
      [](const char* path, const struct stat* status, int, FTW*) {
        lines.push_back(std::string(path) + " " + std::to_string(status->st_mode) + " " +
                        std::to_string(status->st_size) + " " + std::to_string(status->st_ino) +
                        " " + std::to_string(status->st_uid));
        return 0;
      },
      32, FTW_PHYS);
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class BrokenArchives : public ::testing::Test {
 protected:
  BrokenArchives() {
    replace_file(dir_ / "good.tar",
                 test::make_tar(test::docker_items(
                     {test::make_tar({test::TarItem::file("kept", "kept")})}, R"(["kept:1"])")));
    replace_file(dir_ / "outside", "untouched");
    import_image(data_, dir_ / "good.tar", {});
  }
  test::TempDir dir_;
  std::string data_ = dir_ / "data";
};

TEST_F(BrokenArchives, EachIsRefusedAndChangesNothing) {
  const auto cases = test::broken_archives();
  EXPECT_GE(cases.size(), 50u);
  const std::string archive = dir_ / "broken.tar";
  for (const auto& broken : cases) {
    SCOPED_TRACE(broken.name);
    replace_file(archive, broken.bytes);
    const std::string before = listing(dir_.path());
    try {
      import_image(data_, archive, {});
      ADD_FAILURE() << "was imported";
    } catch (const BadInput& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(broken.complaint), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
      EXPECT_EQ(text.rfind("import " + archive + ": ", 0), 0u) << text;
      EXPECT_LT(text.size(), 1000u);
    } catch (const std::exception& error) {
      ADD_FAILURE() << "not a BadInput: " << error.what();
    }
    EXPECT_EQ(listing(dir_.path()), before);
  }
  EXPECT_EQ(Store(data_).list().size(), 1u);
  EXPECT_EQ(read_file(dir_ / "outside"), "untouched");
}

TEST_F(BrokenArchives, LimitsAreTheCallers) {
  const auto refused = [&](const ImportLimits& limits, const std::string& complaint) {
    ImportOptions options;
    options.limits = limits;
    try {
      import_image(data_, dir_ / "limited.tar", options);
      ADD_FAILURE() << "was imported";
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find(complaint), std::string::npos) << error.what();
    }
  };
  replace_file(dir_ / "limited.tar",
               test::make_tar({test::TarItem::file("a", std::string(1000, 'a')),
                               test::TarItem::file("b/c/d", std::string(1000, 'b'))}));
  ImportLimits limits;
  limits.unpacked_bytes = 1999;
  refused(limits, "more than 1999 bytes");
  limits = {};
  limits.entries = 3;  // the folders b and b/c count too
  refused(limits, "more than 3 files");
  limits.entries = 4;
  ImportOptions options;
  options.limits = limits;
  EXPECT_NO_THROW(import_image(data_, dir_ / "limited.tar", options));
}

TEST_F(BrokenArchives, MissingSourceAndBadOptions) {
  EXPECT_THROW(import_image(data_, dir_ / "nothing.tar", {}), BadInput);
  ImportOptions options;
  options.name = "UPPER";
  EXPECT_THROW(import_image(data_, dir_ / "good.tar", options), BadInput);
  options.name.reset();
  options.changes = {"COPY a b"};
  EXPECT_THROW(import_image(data_, dir_ / "good.tar", options), BadInput);
  options.changes = {"CMD x"};
  EXPECT_THROW(import_image(data_, dir_ / "good.tar", options), BadInput);
}

}  // namespace
}  // namespace podrun::images
