#include "rootfs-tools/layer_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "rootfs-tools/beneath.h"
#include "rootfs-tools/entry_metadata.h"
#include "rootfs-tools/entry_path.h"

namespace podrun::images {

namespace {

// OCI image-spec layer.md, "Whiteouts"; the doubled prefix is AUFS's own bookkeeping.
constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kReserved = ".wh..wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(0, 0);
}

}  // namespace

LayerWriter::LayerWriter(Fd root, std::string what, Budget& budget, Notes& notes)
    : root_(std::move(root)), what_(std::move(what)), budget_(budget), notes_(notes) {}

void LayerWriter::refuse(const TarEntry& entry, const std::string& why) const {
  throw BadInput(what_ + ": entry " + in_quotes(entry.path) + " " + why);
}

void LayerWriter::failed(const TarEntry& entry, const char* doing) const {
  const int failure = errno;
  if (failure == EEXIST) refuse(entry, "appears twice");
  // What no file system would take: too many links, too large, an impossible device number.
  if (failure == EMLINK || failure == EFBIG || failure == EINVAL || failure == ENAMETOOLONG)
    refuse(entry, "cannot be made: " + errno_text(failure));
  throw Error(what_ + ": " + doing + " " + in_quotes(entry.path), failure);
}

void LayerWriter::add(const TarEntry& entry, TarReader& reader) {
  budget_.count_entry(what_);
  const auto [parent, name] = split_entry_path(entry.path);
  if (entry.path.find(kReserved) != std::string::npos && name != kOpaque) {
    if (entry.size != 0) refuse(entry, "is AUFS metadata with data");
    return;
  }
  if (starts_with(parent, kWhiteout) || parent.find("/.wh.") != std::string::npos)
    refuse(entry, "lies in a whiteout");
  if (starts_with(name, kWhiteout)) {
    if (entry.size != 0) refuse(entry, "is a whiteout with data");
    if (name == kOpaque) return make_opaque(parent);
    return add_whiteout(entry, name.substr(kWhiteout.size()));
  }
  if (entry.path.empty() && entry.type != EntryType::kFolder)
    refuse(entry, "stands for the root but is not a folder");
  switch (entry.type) {
    case EntryType::kFolder:
      return add_folder(entry);
    case EntryType::kFile:
      return add_file(entry, reader);
    case EntryType::kHardLink:
      return add_hard_link(entry);
    default:
      return add_special(entry);
  }
}

const Fd& LayerWriter::folder(const std::string& path, const TarEntry& entry) {
  if (open_folder_.valid() && open_folder_path_ == path) return open_folder_;
  Fd found = try_open_beneath(root_.get(), path, O_PATH | O_DIRECTORY);
  if (!found && errno == ENOENT) found = make_folder(path, entry);
  if (!found && errno == ENOTDIR && take_whiteout_away(path, entry)) {
    found = make_folder(path, entry);
    make_opaque(path);
  }
  if (!found && errno == ELOOP) refuse(entry, "lies behind a symbolic link");
  if (!found && errno == ENOTDIR) refuse(entry, "lies in something that is not a folder");
  if (!found) throw_errno(what_ + ": open the folder of " + in_quotes(entry.path));
  open_folder_ = std::move(found);
  open_folder_path_ = path;
  return open_folder_;
}

/// A folder that no entry describes (yet): 0755, root's, of 1970, the same at each import.
Fd LayerWriter::make_folder(const std::string& path, const TarEntry& entry) {
  budget_.count_entry(what_);
  const auto [parent, name] = split_entry_path(path);
  const Fd above = folder(parent, entry).duplicate();
  if (::mkdirat(above.get(), name.c_str(), 0755) != 0) return Fd();
  if (::fchmodat(above.get(), name.c_str(), 0755, 0) != 0) failed(entry, "make the folder of");
  folder_times_.emplace_back(path, timespec{});
  return open_beneath(above.get(), name, O_PATH | O_DIRECTORY);
}

bool LayerWriter::take_whiteout_away(const std::string& path, const TarEntry& entry) {
  const auto [parent, name] = split_entry_path(path);
  if (name.empty()) return false;
  const int failure = errno;
  const Fd above = try_open_beneath(root_.get(), parent, O_PATH | O_DIRECTORY);
  struct stat status {};
  const bool whiteout = above.valid() &&
                        ::fstatat(above.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                        is_whiteout(status);
  if (whiteout && ::unlinkat(above.get(), name.c_str(), 0) != 0)
    failed(entry, "replace the whiteout of");
  errno = failure;
  return whiteout;
}

void LayerWriter::add_folder(const TarEntry& entry) {
  const auto [parent, name] = split_entry_path(entry.path);
  if (!name.empty()) {
    const int above = folder(parent, entry).get();
    if (::mkdirat(above, name.c_str(), 0700) != 0) {
      if (errno != EEXIST) failed(entry, "make folder");
      if (take_whiteout_away(entry.path, entry)) {
        if (::mkdirat(above, name.c_str(), 0700) != 0) failed(entry, "make folder");
        make_opaque(entry.path);
      }
    }
  }
  // An archive may list a folder again, and it may have been made for a file in it before.
  const Fd made = try_open_beneath(root_.get(), entry.path, O_RDONLY | O_DIRECTORY);
  if (!made) refuse(entry, "appears twice");
  set_metadata(made.get(), entry, what_, notes_);
  folder_times_.emplace_back(entry.path, entry.mtime);
}

void LayerWriter::add_file(const TarEntry& entry, TarReader& reader) {
  budget_.count_bytes(entry.size, what_);
  const auto [parent, name] = split_entry_path(entry.path);
  const int above = folder(parent, entry).get();
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  Fd file = try_open_beneath(above, name, kFlags, 0600);
  if (!file && errno == EEXIST && take_whiteout_away(entry.path, entry))
    file = try_open_beneath(above, name, kFlags, 0600);
  if (!file) failed(entry, "make file");
  TarReader::Block block;
  while (reader.next_block(block)) {
    while (block.size > 0) {
      const ssize_t n =
          ::pwrite(file.get(), block.data, block.size, static_cast<off_t>(block.offset));
      if (n < 0 && errno != EINTR) failed(entry, "write");
      if (n < 0) continue;
      block.data += n;
      block.size -= static_cast<std::size_t>(n);
      block.offset += static_cast<std::uint64_t>(n);
    }
  }
  // A hole at the end has no block of its own.
  if (entry.size > 0 && ::ftruncate(file.get(), static_cast<off_t>(entry.size)) != 0)
    failed(entry, "set the size of");
  set_metadata(file.get(), entry, what_, notes_);
}

void LayerWriter::add_hard_link(const TarEntry& entry) {
  const EntryName target = split_entry_path(entry.target);
  const Fd target_folder = try_open_beneath(root_.get(), target.folder, O_PATH | O_DIRECTORY);
  struct stat status {};
  if (!target_folder || target.name.empty() ||
      ::fstatat(target_folder.get(), target.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      S_ISDIR(status.st_mode) || is_whiteout(status))
    refuse(entry, "is a hard link to " + in_quotes(entry.target) +
                      ", which is no file before it in the archive");
  const EntryName place = split_entry_path(entry.path);
  const int above = folder(place.folder, entry).get();
  const auto link = [&] {
    return ::linkat(target_folder.get(), target.name.c_str(), above, place.name.c_str(), 0) == 0;
  };
  if (link()) return;
  if (errno == EEXIST && take_whiteout_away(entry.path, entry) && link()) return;
  failed(entry, "make hard link");
}

void LayerWriter::add_special(const TarEntry& entry) {
  const EntryName place = split_entry_path(entry.path);
  const int above = folder(place.folder, entry).get();
  const bool device = entry.type == EntryType::kCharDevice || entry.type == EntryType::kBlockDevice;
  const dev_t number = device ? makedev(entry.device_major, entry.device_minor) : 0;
  if (entry.type == EntryType::kCharDevice && number == 0)
    refuse(entry, "is the character device 0:0, which would hide files of other layers");
  const mode_t kind = entry.type == EntryType::kCharDevice    ? S_IFCHR
                      : entry.type == EntryType::kBlockDevice ? S_IFBLK
                                                              : S_IFIFO;
  const auto make = [&] {
    return entry.type == EntryType::kSymlink
               ? ::symlinkat(entry.target.c_str(), above, place.name.c_str()) == 0
               : ::mknodat(above, place.name.c_str(), kind | 0600, number) == 0;
  };
  if (!make() && !(errno == EEXIST && take_whiteout_away(entry.path, entry) && make()))
    failed(entry, "make");
  set_metadata_at(above, place.name, entry, what_, notes_);
  if (device)
    notes_.add(what_ + ": device node " + in_quotes(entry.path) + " (" +
               (kind == S_IFCHR ? "character " : "block ") + std::to_string(entry.device_major) +
               ":" + std::to_string(entry.device_minor) + ")");
}

/// A whiteout hides what lower layers have; what this layer itself has under the name stays.
void LayerWriter::add_whiteout(const TarEntry& entry, const std::string& hidden) {
  if (hidden.empty() || hidden == "." || hidden == "..")
    refuse(entry, "is a whiteout of no usable name");
  const auto [parent, name] = split_entry_path(entry.path);
  const int above = folder(parent, entry).get();
  if (::mknodat(above, hidden.c_str(), S_IFCHR, makedev(0, 0)) == 0) return;
  if (errno != EEXIST) failed(entry, "make whiteout");
  struct stat status {};
  if (::fstatat(above, hidden.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    failed(entry, "look at what hides behind");
  if (S_ISDIR(status.st_mode)) make_opaque(parent.empty() ? hidden : parent + "/" + hidden);
}

void LayerWriter::make_opaque(const std::string& path) {
  TarEntry entry;
  entry.path = path;
  const Fd& held = folder(path, entry);
  const Fd open = open_beneath(held.get(), "", O_RDONLY | O_DIRECTORY);
  if (::fsetxattr(open.get(), "trusted.overlay.opaque", "y", 1, 0) != 0)
    throw_errno(what_ + ": make folder " + in_quotes(path) + " opaque",
                errno == ENOTSUP ? "the file system of --data-dir needs trusted.* attributes" : "");
}

void LayerWriter::finish() {
  for (const auto& [path, time] : folder_times_) {
    const Fd made = open_beneath(root_.get(), path, O_RDONLY | O_DIRECTORY);
    const timespec times[2] = {time, time};
    if (::futimens(made.get(), times) != 0)
      throw_errno(what_ + ": set the time of folder " + in_quotes(path));
  }
}

}  // namespace podrun::images
