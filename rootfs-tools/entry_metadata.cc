#include "rootfs-tools/entry_metadata.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.h"
#include "rootfs-tools/entry_path.h"

namespace podrun::images {

namespace {

/// overlayfs's own attributes would let an archive redirect or hide folders of other layers, and a
/// host's SELinux label means nothing elsewhere.
bool is_reserved(std::string_view name) {
  return name.substr(0, 16) == "trusted.overlay." || name == "security.selinux";
}

template <typename Set>
void set_xattrs(const TarEntry& entry, const std::string& what, Notes& notes, Set&& set) {
  for (const auto& [name, value] : entry.xattrs) {
    if (is_reserved(name)) {
      notes.add(what + ": attribute " + in_quotes(name) + " of " + in_quotes(entry.path) +
                " was dropped");
    } else if (set(name.c_str(), value) != 0) {
      if (errno == EINVAL || errno == ERANGE || errno == E2BIG)
        throw BadInput(what + ": attribute " + in_quotes(name) + " of " + in_quotes(entry.path) +
                       " has a value that Linux refuses");
      // EPERM: user.* on what is neither file nor folder (man 7 xattr).
      if (errno != ENOTSUP && errno != EPERM)
        throw_errno(what + ": set attribute " + in_quotes(name) + " of " + in_quotes(entry.path));
      notes.add(what + ": attribute " + in_quotes(name) + " of " + in_quotes(entry.path) +
                " cannot be kept on this file system");
    }
  }
}

[[noreturn]] void failed(const char* doing, const TarEntry& entry, const std::string& what) {
  throw_errno(what + ": " + doing + " of " + in_quotes(entry.path));
}

}  // namespace

void set_metadata(int fd, const TarEntry& entry, const std::string& what, Notes& notes) {
  // In this order: chown clears setuid bits and capabilities, all touch the time.
  if (::fchown(fd, entry.uid, entry.gid) != 0) failed("set the owner", entry, what);
  if (::fchmod(fd, entry.mode) != 0) failed("set the mode", entry, what);
  set_xattrs(entry, what, notes, [&](const char* name, const std::string& value) {
    return ::fsetxattr(fd, name, value.data(), value.size(), 0);
  });
  const timespec times[2] = {entry.mtime, entry.mtime};
  if (::futimens(fd, times) != 0) failed("set the time", entry, what);
}

void set_metadata_at(int folder_fd, const std::string& name, const TarEntry& entry,
                     const std::string& what, Notes& notes) {
  if (::fchownat(folder_fd, name.c_str(), entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) != 0)
    failed("set the owner", entry, what);
  if (entry.type != EntryType::kSymlink && ::fchmodat(folder_fd, name.c_str(), entry.mode, 0) != 0)
    failed("set the mode", entry, what);
  const std::string path = "/proc/self/fd/" + std::to_string(folder_fd) + "/" + name;
  set_xattrs(entry, what, notes, [&](const char* attribute, const std::string& value) {
    return ::lsetxattr(path.c_str(), attribute, value.data(), value.size(), 0);
  });
  const timespec times[2] = {entry.mtime, entry.mtime};
  if (::utimensat(folder_fd, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    failed("set the time", entry, what);
}

}  // namespace podrun::images
