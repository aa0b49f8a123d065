#include "rootfs-tools/store.h"

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

}  // namespace

Store::Store(const std::string& data_dir) : data_dir_(data_dir) {
  if (::access(recipes_folder(data_dir).c_str(), F_OK) == 0) return;
  make_dirs(layers_folder(data_dir), 0700);
  make_dirs(configs_folder(data_dir), 0700);
  make_dirs(tmp_folder(data_dir), 0700);
  make_dirs(snapshots_folder(data_dir), 0700);
  static_cast<void>(lock_shared(in_use_lock_file(data_dir)));
  // Made last: where it is, all are.
  make_dirs(recipes_folder(data_dir), 0700);
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
  return {status.st_ino,
          status.st_ctim.tv_sec * kNanosecondsPerSecond + status.st_ctim.tv_nsec};
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
