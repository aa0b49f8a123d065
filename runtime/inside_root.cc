// Paths inside a root file system that a stranger furnished: every step is relative to a descriptor
// that is known to be inside.
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include <cstring>

#include "runtime/child.h"
#include "runtime/raw.h"

namespace podrun::runtime {

int open_inside(int root, const char* path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  int fd = -EAGAIN;
  // EAGAIN: somebody renamed or mounted during the walk.
  for (int attempt = 0; attempt < 128 && fd == -EAGAIN; ++attempt)
    fd = raw_int(SYS_openat2, root, path, &how, sizeof how);
  return fd;
}

namespace {

constexpr int kMaxLinks = 40;  // as the kernel's MAXSYMLINKS

/// A path being resolved; components before `known` exist.
struct Walk {
  char path[PATH_MAX];
};

/// Replaces path[0, end) by the target of the symbolic link that stands there: /a/b/LINK/rest
/// becomes TARGET/rest or /a/b/TARGET/rest.
int follow_dangling(Walk& walk, int parent, const char* name, std::size_t name_start,
                    std::size_t end) {
  char target[PATH_MAX];
  const long length = raw(SYS_readlinkat, parent, name, target, sizeof target - 1);
  if (length == -EINVAL) return 0;  // no link: somebody else made it just now
  if (length < 0) return static_cast<int>(length);
  target[length] = '\0';
  const std::size_t kept = target[0] == '/' ? 0 : name_start;
  const std::size_t rest = std::strlen(walk.path + end) + 1;
  const auto size = static_cast<std::size_t>(length);
  if (kept + size + rest > sizeof walk.path) return -ENAMETOOLONG;
  std::memmove(walk.path + kept + size, walk.path + end, rest);
  std::memcpy(walk.path + kept, target, size);
  return 0;
}

int make_entry(int parent, const char* name, bool folder) {
  return folder ? raw_int(SYS_mkdirat, parent, name, 0755)
                : raw_int(SYS_mknodat, parent, name, S_IFREG | 0644, 0);
}

/// Makes the component [start, end) of the path if it is missing. Returns 0 to go on with the next
/// component, 1 to start over because a link was followed, or minus errno.
int make_component(int root, Walk& walk, std::size_t start, std::size_t end, bool folder) {
  const char after = walk.path[end];
  walk.path[end] = '\0';
  const int there = open_inside(root, walk.path, O_PATH);
  if (there >= 0) raw(SYS_close, there);
  if (there != -ENOENT) {
    walk.path[end] = after;
    return there < 0 ? there : 0;
  }
  char name[NAME_MAX + 1];
  if (end - start > NAME_MAX) return -ENAMETOOLONG;
  std::memcpy(name, walk.path + start, end - start + 1);
  walk.path[start] = '\0';
  const int parent = open_inside(root, start == 0 ? "/" : walk.path, O_PATH | O_DIRECTORY);
  walk.path[start] = name[0];
  walk.path[end] = after;
  if (parent < 0) return parent;
  int result = make_entry(parent, name, folder);
  if (result == -EEXIST) {
    result = follow_dangling(walk, parent, name, start, end);
    if (result == 0) result = 1;
  }
  raw(SYS_close, parent);
  return result;
}

/// Makes what is missing of the path, from the front. 0: made all; 1: start over.
int make_missing(int root, Walk& walk, bool folder) {
  std::size_t start = 0;
  while (true) {
    while (walk.path[start] == '/') ++start;
    if (walk.path[start] == '\0') return 0;
    std::size_t end = start;
    while (walk.path[end] != '\0' && walk.path[end] != '/') ++end;
    std::size_t next = end;
    while (walk.path[next] == '/') ++next;
    const bool last = walk.path[next] == '\0';
    const int result = make_component(root, walk, start, end, !last || folder);
    if (result != 0) return result;
    start = end;
  }
}

/// The common case, in three calls: only the last component is missing. -ENOENT: it is another
/// case.
int make_last(int root, Walk& walk, bool folder) {
  char* slash = std::strrchr(walk.path, '/');
  if (slash == nullptr || slash[1] == '\0') return -ENOENT;
  const char* name = slash + 1;
  if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return -ENOENT;
  *slash = '\0';
  const int parent = open_inside(root, slash == walk.path ? "/" : walk.path, O_PATH | O_DIRECTORY);
  *slash = '/';
  if (parent < 0) return -ENOENT;
  const int made = make_entry(parent, name, folder);
  const int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | (folder ? O_DIRECTORY : 0);
  const int fd = made < 0 ? -ENOENT : raw_int(SYS_openat, parent, name, flags, 0);
  raw(SYS_close, parent);
  return fd;
}

}  // namespace

int open_or_make_inside(int root, const char* path, bool folder) {
  const std::uint64_t flags = folder ? O_PATH | O_DIRECTORY : O_PATH;
  int fd = open_inside(root, path, flags);
  if (fd != -ENOENT) return fd;
  Walk walk;
  const std::size_t length = std::strlen(path);
  if (length >= sizeof walk.path) return -ENAMETOOLONG;
  std::memcpy(walk.path, path, length + 1);
  fd = make_last(root, walk, folder);
  if (fd != -ENOENT) return fd;
  for (int link = 0; link < kMaxLinks; ++link) {
    const int made = make_missing(root, walk, folder);
    if (made < 0) return made;
    if (made == 1) continue;
    fd = open_inside(root, walk.path, flags);
    if (fd != -ENOENT) return fd;
  }
  return -ELOOP;
}

}  // namespace podrun::runtime
