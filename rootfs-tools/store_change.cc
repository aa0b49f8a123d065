#include "rootfs-tools/store_change.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/lock.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/resolve.h"

namespace podrun::images {

namespace {

std::vector<std::string> names_in(const std::string& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder.c_str()), ::closedir);
  if (!stream) throw_errno("read folder " + folder);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  return names;
}

void empty_tmp(const std::string& data_dir) {
  const std::string tmp = tmp_folder(data_dir);
  for (const std::string& name : names_in(tmp)) remove_tree(tmp + "/" + name);
}

void move(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) throw_errno("rename " + from + " to " + to);
}

void sync_folder(const std::string& path) {
  const Fd folder = open_path(path, O_RDONLY | O_DIRECTORY);
  if (::fsync(folder.get()) != 0) throw_errno("fsync " + path);
}

std::uint64_t file_bytes(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return 0;
  if (!S_ISDIR(status.st_mode)) {
    const auto size = static_cast<std::uint64_t>(status.st_size);
    return S_ISREG(status.st_mode) ? size / status.st_nlink : 0;
  }
  std::uint64_t total = 0;
  for (const std::string& name : names_in(path)) total += file_bytes(path + "/" + name);
  return total;
}

}  // namespace

StoreChange::StoreChange(const std::string& data_dir, const std::function<void()>& waiting)
    : data_dir_(data_dir), lock_(try_lock_exclusive(writer_lock_file(data_dir))) {
  if (!lock_) {
    if (waiting) waiting();
    lock_ = lock_exclusive(writer_lock_file(data_dir));
  }
  empty_tmp(data_dir_);
  entries_ = parse_index(IndexText(data_dir_).view());
}

StoreChange::~StoreChange() {
  try {
    empty_tmp(data_dir_);
  } catch (const Error&) {
    // The next change empties it.
  }
}

void StoreChange::add_image(const IndexEntry& image) {
  for (IndexEntry& other : entries_) {
    if (other.id == image.id) continue;
    std::erase_if(other.names, [&](const std::string& name) {
      return std::find(image.names.begin(), image.names.end(), name) != image.names.end();
    });
  }
  auto same = std::find_if(entries_.begin(), entries_.end(),
                           [&](const IndexEntry& entry) { return entry.id == image.id; });
  if (same == entries_.end())
    same = entries_.insert(same, {image.id, {}, image.layers, image.size});
  for (const std::string& name : image.names) {
    if (std::find(same->names.begin(), same->names.end(), name) == same->names.end())
      same->names.push_back(name);
  }
}

IndexEntry& StoreChange::require(const std::string& reference) {
  const auto found = resolve(format_index(entries_), reference);
  if (!found) throw BadInput("no such image: " + reference);
  return *std::find_if(entries_.begin(), entries_.end(),
                       [&](const IndexEntry& entry) { return entry.id == found->id; });
}

bool StoreChange::has_layer(const std::string& diff_id) const {
  const std::string hex = digest_hex(diff_id, "layer");
  return staged_layers_.contains(diff_id) ||
         (::access((layers_folder(data_dir_) + "/" + hex).c_str(), F_OK) == 0 &&
          ::access((recipes_folder(data_dir_) + "/" + hex).c_str(), F_OK) == 0);
}

std::string StoreChange::new_name() {
  return tmp_folder(data_dir_) + "/" + std::to_string(++names_);
}

StoreChange::Staging StoreChange::stage_layer() {
  Staging staging{new_name(), new_name()};
  if (::mkdir(staging.folder.c_str(), 0700) != 0) throw_errno("mkdir " + staging.folder);
  if (::chmod(staging.folder.c_str(), 0755) != 0) throw_errno("chmod " + staging.folder);
  return staging;
}

void StoreChange::adopt_layer(const Staging& staging, const std::string& diff_id) {
  if (has_layer(diff_id)) return;
  staged_layers_[diff_id] = staging;
}

void StoreChange::stage_config(const std::string& id, const std::string& text) {
  const std::string file = new_name();
  replace_file(file, text, 0600);
  staged_configs_[id] = file;
}

Fd StoreChange::temporary_file() const {
  const std::string tmp = tmp_folder(data_dir_);
  const int fd = ::open(tmp.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return Fd(fd);
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)
    throw_errno("make a temporary file in " + tmp);
  const std::string name = tmp + "/spool";
  Fd named = open_path(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (::unlink(name.c_str()) != 0) throw_errno("unlink " + name);
  return named;
}

void StoreChange::commit() {
  if (!staged_layers_.empty() || !staged_configs_.empty()) {
    // Everything staged is on disk before a name leads to it.
    const Fd folder = open_path(images_folder(data_dir_), O_RDONLY | O_DIRECTORY);
    if (::syncfs(folder.get()) != 0) throw_errno("sync " + images_folder(data_dir_));
    for (const auto& [diff_id, staging] : staged_layers_) {
      const std::string hex = digest_hex(diff_id, "layer");
      // A layer without its recipe counts as missing (has_layer): it was left by a kill here.
      remove_tree(layers_folder(data_dir_) + "/" + hex);
      move(staging.folder, layers_folder(data_dir_) + "/" + hex);
      move(staging.recipe, recipes_folder(data_dir_) + "/" + hex);
    }
    for (const auto& [id, file] : staged_configs_) {
      move(file, configs_folder(data_dir_) + "/" + digest_hex(id, "image") + ".json");
    }
    for (const auto& path :
         {layers_folder(data_dir_), recipes_folder(data_dir_), configs_folder(data_dir_)}) {
      sync_folder(path);
    }
    staged_layers_.clear();
    staged_configs_.clear();
  }
  const std::string text = format_index(entries_);
  if (text != IndexText(data_dir_).view()) replace_file(index_file(data_dir_), text, 0600, true);
}

std::vector<std::string> StoreChange::take_unused_away() {
  std::set<std::string> used;
  for (const IndexEntry& entry : entries_) {
    used.insert(digest_hex(entry.id, "image") + ".json");
    for (const std::string& layer : entry.layers) used.insert(digest_hex(layer, "layer"));
  }
  std::vector<std::string> layers;
  for (const auto& folder :
       {layers_folder(data_dir_), recipes_folder(data_dir_), configs_folder(data_dir_)}) {
    for (const std::string& name : names_in(folder)) {
      if (used.contains(name)) continue;
      move(folder + "/" + name, new_name());
      if (folder == layers_folder(data_dir_)) layers.push_back(std::string(kSha256Prefix) + name);
    }
  }
  std::sort(layers.begin(), layers.end());
  return layers;
}

std::uint64_t StoreChange::bytes_to_remove() const { return file_bytes(tmp_folder(data_dir_)); }

}  // namespace podrun::images
