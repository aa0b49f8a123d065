// Writable layers: <data-dir>/snapshots/<container id>/{upper,work}; an attribute of the folder
// says which image lies under it, which costs no inode.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/beneath.h"
#include "rootfs-tools/lock.h"
#include "rootfs-tools/overlay.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/snapshots.h"
#include "rootfs-tools/spares.h"
#include "rootfs-tools/store.h"

namespace podrun::images {

namespace {

constexpr const char* kImageAttribute = "trusted.podrun.image";

void make_folder(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) != 0) throw_errno("mkdir " + path);
}

/// The root folder of a container looks as its topmost layer's, whatever this process's umask.
void make_upper(const std::string& upper, const std::string& topmost) {
  struct stat status {};
  if (::stat(topmost.c_str(), &status) != 0) throw_errno("look at layer " + topmost);
  make_folder(upper, 0700);
  if (::chmod(upper.c_str(), status.st_mode & 07777) != 0) throw_errno("chmod " + upper);
  if ((status.st_uid != 0 || status.st_gid != 0) &&
      ::chown(upper.c_str(), status.st_uid, status.st_gid) != 0)
    throw_errno("chown " + upper);
}

/// An image may have a layer twice, overlayfs not: the upper one hides all of the lower one.
std::vector<std::string> distinct_from_top(const std::vector<std::string>& layers) {
  std::vector<std::string> result;
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    if (std::find(result.begin(), result.end(), *layer) == result.end()) result.push_back(*layer);
  }
  std::reverse(result.begin(), result.end());
  return result;
}

/// What the topmost layer that has a /var/run says. A guess in odd images: where it is wrong, the
/// mount point is made in the writable layer.
bool var_run_is_link(const std::vector<std::string>& layers) {
  for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
    const Fd folder = open_path(*layer, O_PATH | O_DIRECTORY);
    const Fd run = try_open_beneath(folder.get(), "var/run", O_PATH | O_NOFOLLOW);
    struct stat status {};
    if (run && ::fstat(run.get(), &status) == 0) return S_ISLNK(status.st_mode);
  }
  return false;
}

void check_id(const std::string& container_id) {
  if (container_id.empty() || container_id.front() == '.' ||
      container_id.find('/') != std::string::npos)
    throw Error("container id \"" + container_id + "\" cannot name a snapshot");
}

}  // namespace

Snapshot Snapshot::create(const Store& store, const Image& image, const std::string& container_id,
                          MountPoints mount_points) {
  check_id(container_id);
  // An image is not taken away between the look at its layers and the mount.
  const Fd hold = lock_shared(in_use_lock_file(store.data_dir()));
  const std::string folder = snapshots_folder(store.data_dir()) + "/" + container_id;
  try {
    if (!take_spare(store.data_dir(), folder)) {
      make_folder(folder, 0700);
      make_folder(folder + "/work", 0700);
    }
    Snapshot snapshot;
    snapshot.data_dir_ = store.data_dir();
    snapshot.folder_ = folder;
    snapshot.hold_ = lock_folder(folder);
    if (::setxattr(folder.c_str(), kImageAttribute, image.id.data(), image.id.size(), 0) != 0)
      throw_errno("set " + std::string(kImageAttribute) + " of " + folder, kUpperHint);
    OverlayFolders overlay{distinct_from_top(store.layer_folders(image)), folder + "/upper",
                           folder + "/work"};
    std::vector<std::string> lowest = {mount_points_folder(store.data_dir())};
    if (mount_points == MountPoints::kServiceAccountToken)
      lowest.push_back(
          token_layer(store.data_dir(), var_run_is_link(overlay.lower) ? "/run" : "/var/run"));
    overlay.lower.insert(overlay.lower.begin(), lowest.begin(), lowest.end());
    make_upper(overlay.upper, overlay.lower.back());
    snapshot.mount_ = mount_overlay(overlay);
    return snapshot;
  } catch (const Error& error) {
    throw error.within("root file system of container " + container_id);
  }
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : mount_(std::move(other.mount_)),
      hold_(std::move(other.hold_)),
      data_dir_(std::move(other.data_dir_)),
      folder_(std::exchange(other.folder_, "")) {}

Snapshot& Snapshot::operator=(Snapshot&& other) noexcept {
  if (this != &other) {
    std::swap(mount_, other.mount_);
    std::swap(hold_, other.hold_);
    std::swap(data_dir_, other.data_dir_);
    std::swap(folder_, other.folder_);
    const Snapshot old = std::move(other);
  }
  return *this;
}

Snapshot::~Snapshot() {
  mount_.reset();
  if (folder_.empty()) return;
  try {
    keep_spare(data_dir_, folder_);
  } catch (const Error&) {
    // prune_snapshots tries again when the container is known to be gone.
  }
}

void Snapshot::close_mount() { mount_.reset(); }

std::vector<std::string> snapshot_ids(const std::string& data_dir) {
  std::vector<std::string> ids;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(snapshots_folder(data_dir).c_str()),
                                                   ::closedir);
  if (!folder) {
    if (errno == ENOENT) return ids;
    throw_errno("read " + snapshots_folder(data_dir));
  }
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') ids.emplace_back(entry->d_name);
  }
  return ids;
}

namespace {

void add_uses(const std::string& data_dir, std::vector<SnapshotUse>& uses) {
  for (const std::string& id : snapshot_ids(data_dir)) {
    const std::string folder = snapshots_folder(data_dir) + "/" + id;
    char image[256];
    const ssize_t n = ::getxattr(folder.c_str(), kImageAttribute, image, sizeof image);
    if (n > 0) uses.push_back({id, std::string(image, static_cast<std::size_t>(n))});
  }
}

}  // namespace

std::vector<SnapshotUse> snapshots_in_use(const std::string& data_dir) {
  std::vector<SnapshotUse> uses;
  add_uses(data_dir, uses);
  std::error_code none_added;
  for (const auto& node : std::filesystem::directory_iterator(data_dir + "/nodes", none_added)) {
    add_uses(node.path().string(), uses);
  }
  return uses;
}

void prune_snapshots(const std::string& data_dir, const std::vector<std::string>& alive) {
  for (const std::string& id : snapshot_ids(data_dir)) {
    if (std::find(alive.begin(), alive.end(), id) == alive.end())
      remove_tree(snapshots_folder(data_dir) + "/" + id);
  }
}

void prune_dead_snapshots(const std::string& data_dir) {
  if (snapshot_ids(data_dir).empty()) return;
  // Nobody is between making a folder and locking it meanwhile.
  const Fd hold = lock_exclusive(in_use_lock_file(data_dir));
  for (const std::string& id : snapshot_ids(data_dir)) {
    const std::string folder = snapshots_folder(data_dir) + "/" + id;
    try {
      if (try_lock_folder(folder)) remove_tree(folder);
    } catch (const Error& error) {
      // Its owner removes it at this moment.
      if (error.errno_value() != ENOENT) throw;
    }
  }
}

}  // namespace podrun::images
