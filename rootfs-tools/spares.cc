#include "rootfs-tools/spares.h"

#include <fcntl.h>
#include <stdio.h>

#include <cerrno>

#include "base/files.h"
#include "rootfs-tools/paths.h"

namespace podrun::images {
namespace {

/// As many as containers end at about the same time; each is two empty folders.
constexpr int kMostSpares = 16;

std::string slot(const std::string& data_dir, int number) {
  return spares_folder(data_dir) + "/" + std::to_string(number);
}

bool move_to(const std::string& from, const std::string& to) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0;
}

}  // namespace

bool take_spare(const std::string& data_dir, const std::string& folder) {
  for (int i = 0; i < kMostSpares; ++i) {
    if (move_to(slot(data_dir, i), folder)) return true;
    if (errno != ENOENT) return false;
  }
  return false;
}

void keep_spare(const std::string& data_dir, const std::string& folder) {
  remove_tree(folder + "/upper");
  remove_children(folder + "/work");
  for (int i = 0; i < kMostSpares; ++i) {
    if (move_to(folder, slot(data_dir, i))) return;
    if (errno != EEXIST) break;
  }
  remove_tree(folder);
}

}  // namespace podrun::images
