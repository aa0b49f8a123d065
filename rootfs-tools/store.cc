#include "rootfs-tools/store.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/config.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/index.h"
#include "rootfs-tools/lock.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/resolve.h"

namespace podrun::images {

namespace {

Image load(const std::string& data_dir, const IndexEntry& entry) {
  const std::string file =
      configs_folder(data_dir) + "/" + digest_hex(entry.id, "image id") + ".json";
  Image image;
  try {
    image = read_config(read_file(file), file);
  } catch (const BadInput& error) {
    throw Error(std::string("the image store is damaged: ") + error.what());
  } catch (const Error& error) {
    throw error.within("image " + entry.id);
  }
  image.id = entry.id;
  image.names = entry.names;
  image.size = entry.size;
  return image;
}

void make_folder(const std::string& path) {
  make_dirs(path);
  if (::chmod(path.c_str(), 0755) != 0) throw_errno("chmod " + path);
}

/// Where every container has something mounted, and few images have a place for it: made once here,
/// it costs no writable layer a file. What an image has itself hides it.
void make_mount_points(const std::string& folder) {
  for (const char* name : {"", "/dev", "/proc", "/sys", "/etc"}) make_folder(folder + name);
  for (const char* name : {"/etc/hostname", "/etc/resolv.conf", "/etc/hosts"})
    static_cast<void>(open_path(folder + name, O_WRONLY | O_CREAT, 0644));
}

/// ext4 then gives each folder in this one a part of the disk of its own (chattr +T): a container
/// does not look for free inodes among those that all others just gave back.
void spread_folders(const std::string& path) {
  const Fd folder = open_path(path, O_RDONLY | O_DIRECTORY);
  int flags = 0;
  if (::ioctl(folder.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
  flags |= FS_TOPDIR_FL;
  static_cast<void>(::ioctl(folder.get(), FS_IOC_SETFLAGS, &flags));  // others have no such flag
}

/// Each folder by itself: what make_dirs makes has the modes of this process's umask.
void make_token_mount_point(const std::string& folder, const std::string& path) {
  make_folder(folder);
  for (std::size_t slash = 0; slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    make_folder(folder + path.substr(0, slash));
  }
}

}  // namespace

Store::Store(const std::string& data_dir) : data_dir_(data_dir) {
  // Made last: where it is, all are.
  if (::access(spares_folder(data_dir).c_str(), F_OK) == 0) return;
  make_dirs(layers_folder(data_dir), 0700);
  make_dirs(configs_folder(data_dir), 0700);
  make_dirs(tmp_folder(data_dir), 0700);
  make_dirs(snapshots_folder(data_dir), 0700);
  spread_folders(snapshots_folder(data_dir));
  static_cast<void>(lock_shared(in_use_lock_file(data_dir)));
  make_dirs(recipes_folder(data_dir), 0700);
  make_mount_points(mount_points_folder(data_dir));
  for (const char* run : {"/var/run", "/run"})
    make_token_mount_point(token_layer(data_dir, run), run + std::string(kTokenBelowRun));
  make_dirs(spares_folder(data_dir), 0700);
}

std::optional<Image> Store::find(const std::string& reference) const {
  const auto entry = resolve(IndexText(data_dir_).view(), reference);
  if (!entry) return std::nullopt;
  return load(data_dir_, *entry);
}

Revision Store::revision() const {
  struct stat status {};
  if (::stat(index_file(data_dir_).c_str(), &status) != 0) return {};
  constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
  return {status.st_ino, status.st_ctim.tv_sec * kNanosecondsPerSecond + status.st_ctim.tv_nsec};
}

std::vector<Image> Store::list() const {
  std::vector<Image> images;
  for (const IndexEntry& entry : parse_index(IndexText(data_dir_).view())) {
    images.push_back(load(data_dir_, entry));
  }
  return images;
}

std::vector<std::string> Store::layer_folders(const Image& image) const {
  std::vector<std::string> folders;
  folders.reserve(image.layers.size());
  for (const std::string& layer : image.layers) {
    folders.push_back(layers_folder(data_dir_) + "/" + digest_hex(layer, "layer"));
  }
  return folders;
}

}  // namespace podrun::images
