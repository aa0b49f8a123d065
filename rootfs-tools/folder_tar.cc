#include "rootfs-tools/folder_tar.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/tar_writer.h"

namespace podrun::images {

namespace {

std::vector<std::string> sorted_names(int folder_fd, const std::string& path) {
  Fd copy = open_at(folder_fd, ".", O_RDONLY | O_DIRECTORY);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(copy.get()), ::closedir);
  if (!stream) throw_errno("read folder " + path);
  static_cast<void>(copy.release());
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) throw_errno("read folder " + path);
  std::sort(names.begin(), names.end());
  return names;
}

class FolderPacker {
 public:
  FolderPacker(TarWriter& tar, Notes& notes) : tar_(tar), notes_(notes) {}

  void pack_root(const std::string& folder) {
    const Fd root = open_path(folder, O_RDONLY | O_DIRECTORY);
    struct stat status {};
    if (::fstat(root.get(), &status) != 0) throw_errno("look at " + folder);
    device_ = status.st_dev;
    TarEntry entry = describe("", status);
    entry.type = EntryType::kFolder;
    read_xattrs("/proc/self/fd/" + std::to_string(root.get()) + "/.", entry);
    tar_.add(entry);
    pack_names(root.get(), "", 0);
  }

 private:
  static constexpr int kDeepest = 256;  // entry_path.cc refuses deeper ones

  static TarEntry describe(const std::string& path, const struct stat& status) {
    TarEntry entry;
    entry.path = path;
    entry.mode = status.st_mode & 07777;
    entry.uid = status.st_uid;
    entry.gid = status.st_gid;
    entry.mtime = {status.st_mtim.tv_sec, 0};
    return entry;
  }

  static void read_xattrs(const std::string& path, TarEntry& entry) {
    std::vector<char> names(64 << 10);
    std::vector<char> value(64 << 10);
    const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
    for (ssize_t at = 0; at < length;) {
      const std::string name = names.data() + at;
      at += static_cast<ssize_t>(name.size()) + 1;
      if (name.rfind("trusted.overlay.", 0) == 0 || name == "security.selinux") continue;
      const ssize_t size = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
      if (size < 0) throw_errno("read attribute " + name + " of " + entry.path);
      entry.xattrs.emplace_back(name, std::string(value.data(), static_cast<std::size_t>(size)));
    }
    std::sort(entry.xattrs.begin(), entry.xattrs.end());
  }

  void pack_names(int folder_fd, const std::string& path, int depth) {
    if (depth > kDeepest) throw BadInput(path + ": folders nested too deep");
    for (const std::string& name : sorted_names(folder_fd, path)) {
      pack_one(folder_fd, name, path.empty() ? name : path + "/" + name, depth);
    }
  }

  void pack_one(int folder_fd, const std::string& name, const std::string& path, int depth) {
    struct stat status {};
    if (::fstatat(folder_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      throw_errno("look at " + path);
    TarEntry entry = describe(path, status);
    if (S_ISSOCK(status.st_mode)) return notes_.add("socket " + in_quotes(path) + " is left out");
    if (is_link_to_earlier(status, entry)) return tar_.add(entry);
    read_xattrs("/proc/self/fd/" + std::to_string(folder_fd) + "/" + name, entry);
    if (S_ISDIR(status.st_mode)) return pack_folder_entry(folder_fd, name, entry, status, depth);
    if (S_ISREG(status.st_mode)) return pack_file(folder_fd, name, entry, status);
    if (S_ISLNK(status.st_mode)) {
      entry.type = EntryType::kSymlink;
      char target[4096];
      const ssize_t n = ::readlinkat(folder_fd, name.c_str(), target, sizeof target);
      if (n < 0) throw_errno("read link " + path);
      entry.target.assign(target, static_cast<std::size_t>(n));
    } else {
      entry.type = S_ISCHR(status.st_mode)   ? EntryType::kCharDevice
                   : S_ISBLK(status.st_mode) ? EntryType::kBlockDevice
                                             : EntryType::kFifo;
      entry.device_major = major(status.st_rdev);
      entry.device_minor = minor(status.st_rdev);
    }
    tar_.add(entry);
  }

  bool is_link_to_earlier(const struct stat& status, TarEntry& entry) {
    if (S_ISDIR(status.st_mode) || status.st_nlink < 2) return false;
    const auto [first, is_new] = first_names_.try_emplace(status.st_ino, entry.path);
    if (is_new) return false;
    entry.type = EntryType::kHardLink;
    entry.target = first->second;
    return true;
  }

  void pack_folder_entry(int folder_fd, const std::string& name, TarEntry& entry,
                         const struct stat& status, int depth) {
    entry.type = EntryType::kFolder;
    tar_.add(entry);
    if (status.st_dev != device_)
      return notes_.add("what is mounted at " + in_quotes(entry.path) + " is left out");
    const Fd inner = open_at(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    pack_names(inner.get(), entry.path, depth + 1);
  }

  void pack_file(int folder_fd, const std::string& name, TarEntry& entry,
                 const struct stat& status) {
    entry.size = static_cast<std::uint64_t>(status.st_size);
    tar_.add(entry);
    const Fd file = open_at(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    FdSource source(file.get(), entry.path);
    std::vector<char> buffer(256 << 10);
    for (std::uint64_t left = entry.size; left > 0;) {
      const std::size_t n = source.read(
          buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())));
      if (n == 0) throw Error("file " + entry.path + " became shorter while it was read");
      tar_.write(buffer.data(), n);
      left -= n;
    }
  }

  TarWriter& tar_;
  Notes& notes_;
  dev_t device_ = 0;
  std::map<ino_t, std::string> first_names_;  // of files with several links
};

}  // namespace

void pack_folder(const std::string& folder, const ByteSink& sink, Notes& notes) {
  TarWriter tar(sink);
  FolderPacker packer(tar, notes);
  packer.pack_root(folder);
  tar.finish();
}

}  // namespace podrun::images
