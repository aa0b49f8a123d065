#include "rootfs-tools/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "rootfs-tools/entry_path.h"

namespace podrun::images {

namespace {

// The largest xattr name and value that Linux takes, limits.h.
constexpr std::size_t kLongestXattrName = 255;
constexpr std::size_t kLargestXattr = 65536;
constexpr std::size_t kLongestTarget = 4095;
// 1901 to 2446: what ext4 can store.
constexpr std::int64_t kEarliest = -(std::int64_t{1} << 31);
constexpr std::int64_t kLatest = (std::int64_t{1} << 34) - 1;

/// libarchive warns where a name is not in the locale's charset and then gives its bytes as they
/// are, which is what a file system wants.
bool is_charset_warning(const char* text) {
  return text != nullptr && std::strstr(text, "can't be converted") != nullptr;
}

}  // namespace

TarReader::TarReader(ByteSource& source, std::string what)
    : what_(std::move(what)), input_(source) {
  ::archive_read_support_format_tar(input_.get());
  ::archive_read_support_format_empty(input_.get());
  input_.open(what_);
}

bool TarReader::next(TarEntry& entry) {
  archive_entry* raw = nullptr;
  const int result = ::archive_read_next_header(input_.get(), &raw);
  if (result == ARCHIVE_EOF) return false;
  if (result == ARCHIVE_WARN) {
    if (!is_charset_warning(::archive_error_string(input_.get()))) input_.fail(what_);
  } else if (result != ARCHIVE_OK) {
    input_.fail(what_);
  }
  const char* path = ::archive_entry_pathname(raw);
  if (path == nullptr) throw BadInput(what_ + ": an entry has no name");
  entry = TarEntry{};
  entry.path = clean_entry_path(path, what_);
  entry.position = static_cast<std::uint64_t>(::archive_read_header_position(input_.get()));
  read_kind(raw, entry);
  read_owner(raw, entry);
  read_xattrs(raw, entry);
  return true;
}

void TarReader::read_kind(archive_entry* raw, TarEntry& entry) const {
  if (const char* link = ::archive_entry_hardlink(raw)) {
    entry.type = EntryType::kHardLink;
    try {
      entry.target = clean_entry_path(link, what_);
    } catch (const BadInput& error) {
      throw BadInput(what_ + ": hard link " + in_quotes(entry.path) + " to " + in_quotes(link) +
                     " leads out of the root");
    }
    return;
  }
  switch (::archive_entry_filetype(raw)) {
    case AE_IFREG: {
      const la_int64_t size = ::archive_entry_size(raw);
      if (size < 0)
        throw BadInput(what_ + ": entry " + in_quotes(entry.path) + " has a negative size");
      entry.type = EntryType::kFile;
      entry.size = static_cast<std::uint64_t>(size);
      return;
    }
    case AE_IFDIR:
      entry.type = EntryType::kFolder;
      return;
    case AE_IFLNK: {
      const char* target = ::archive_entry_symlink(raw);
      entry.type = EntryType::kSymlink;
      entry.target = target != nullptr ? target : "";
      if (entry.target.empty() || entry.target.size() > kLongestTarget)
        throw BadInput(what_ + ": symbolic link " + in_quotes(entry.path) +
                       " has no usable target");
      return;
    }
    case AE_IFCHR:
      entry.type = EntryType::kCharDevice;
      break;
    case AE_IFBLK:
      entry.type = EntryType::kBlockDevice;
      break;
    case AE_IFIFO:
      entry.type = EntryType::kFifo;
      return;
    default:
      throw BadInput(what_ + ": entry " + in_quotes(entry.path) + " is of an unknown type");
  }
  entry.device_major = static_cast<unsigned>(::archive_entry_rdevmajor(raw));
  entry.device_minor = static_cast<unsigned>(::archive_entry_rdevminor(raw));
}

void TarReader::read_owner(archive_entry* raw, TarEntry& entry) const {
  const la_int64_t uid = ::archive_entry_uid(raw);
  const la_int64_t gid = ::archive_entry_gid(raw);
  // The largest 32-bit id means "leave as it is" to chown(2).
  constexpr la_int64_t kLargestId = std::numeric_limits<std::uint32_t>::max() - 1;
  if (uid < 0 || uid > kLargestId || gid < 0 || gid > kLargestId)
    throw BadInput(what_ + ": entry " + in_quotes(entry.path) + " has an owner out of range");
  entry.uid = static_cast<uid_t>(uid);
  entry.gid = static_cast<gid_t>(gid);
  entry.mode = static_cast<mode_t>(::archive_entry_perm(raw)) & 07777;
  const std::int64_t seconds = ::archive_entry_mtime(raw);
  entry.mtime.tv_sec = std::clamp(seconds, kEarliest, kLatest);
  const long nanoseconds = ::archive_entry_mtime_nsec(raw);
  entry.mtime.tv_nsec =
      entry.mtime.tv_sec == seconds ? std::clamp(nanoseconds, 0L, 999'999'999L) : 0;
}

void TarReader::read_xattrs(archive_entry* raw, TarEntry& entry) const {
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  ::archive_entry_xattr_reset(raw);
  while (::archive_entry_xattr_next(raw, &name, &value, &size) == ARCHIVE_OK) {
    const std::string_view text = name != nullptr ? name : "";
    if (text.empty() || text.size() > kLongestXattrName || size > kLargestXattr)
      throw BadInput(what_ + ": entry " + in_quotes(entry.path) + " has an extended attribute " +
                     in_quotes(text) + " that Linux cannot hold");
    entry.xattrs.emplace_back(text, std::string(static_cast<const char*>(value), size));
  }
}

bool TarReader::next_block(Block& block) {
  const void* data = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int result = ::archive_read_data_block(input_.get(), &data, &size, &offset);
  if (result == ARCHIVE_EOF) return false;
  if (result != ARCHIVE_OK) input_.fail(what_);
  block = {static_cast<const char*>(data), size, static_cast<std::uint64_t>(offset)};
  return true;
}

std::size_t EntrySource::read(char* buffer, std::size_t size) {
  while (block_.size == 0) {
    if (!reader_.next_block(block_)) return 0;
    if (block_.offset != position_) throw BadInput(what_ + ": a sparse file inside the archive");
  }
  const std::size_t n = std::min(size, block_.size);
  std::memcpy(buffer, block_.data, n);
  block_.data += n;
  block_.size -= n;
  position_ += n;
  return n;
}

}  // namespace podrun::images
