#include "cgroups/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/error.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

// Larger than any knob but the process lists; those take more than one read.
constexpr std::size_t kChunk = 4096;

int read_whole(int fd, std::string& text) {
  char chunk[kChunk];
  while (true) {
    const ssize_t n = ::read(fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.append(chunk, static_cast<std::size_t>(n));
    // A short read of a kernfs file is its end: the second read(2) is spared.
    if (static_cast<std::size_t>(n) < sizeof chunk / 2) return 0;
  }
}

int read_knob(int dir_fd, const char* knob, std::string& text) {
  const Fd fd(::openat(dir_fd, knob, O_RDONLY | O_CLOEXEC));
  return fd ? read_whole(fd.get(), text) : errno;
}

bool means_missing(int errno_value) {
  return errno_value == ENOENT || errno_value == ENODEV || errno_value == EOPNOTSUPP;
}

}  // namespace

Folder Folder::open(int parent_fd, const std::string& name, std::string path) {
  Fd fd(::openat(parent_fd, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw_errno("open cgroup " + path);
  return {std::move(fd), std::move(path)};
}

Folder Folder::open(const std::string& path) { return open(AT_FDCWD, path, path); }

Folder Folder::open_if_exists(const std::string& path) {
  Fd fd(::openat(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) return {std::move(fd), path};
  if (errno != ENOENT) throw_errno("open cgroup " + path);
  return {};
}

Folder Folder::child(const std::string& name) const {
  Fd fd(::openat(fd_.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) return {std::move(fd), path_ + "/" + name};
  if (!means_missing(errno)) throw_errno("open cgroup " + path_ + "/" + name);
  return {};
}

int Folder::try_write(const char* knob, std::string_view value) const noexcept {
  const Fd fd(::openat(fd_.get(), knob, O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  const ssize_t n = ::write(fd.get(), value.data(), value.size());
  if (n < 0) return errno;
  return static_cast<std::size_t>(n) == value.size() ? 0 : EIO;
}

void Folder::throw_write(const char* knob, std::string_view value, int errno_value,
                         const std::string& hint) const {
  throw Error("write \"" + std::string(value) + "\" to " + path_ + "/" + knob, errno_value, hint);
}

void Folder::write(const char* knob, std::string_view value, const std::string& hint) const {
  const int failure = try_write(knob, value);
  if (failure == 0) return;
  const bool no_knob = hint.empty() && failure == ENOENT;
  throw_write(knob, value, failure,
              no_knob ? "the kernel or the cgroup above does not offer this file" : hint);
}

std::string Folder::read(const char* knob) const {
  std::string text;
  const int failure = read_knob(fd_.get(), knob, text);
  if (failure != 0) throw Error("read " + path_ + "/" + knob, failure);
  return text;
}

std::optional<std::string> Folder::read_if_exists(const char* knob) const {
  std::string text;
  const int failure = read_knob(fd_.get(), knob, text);
  if (failure == 0) return text;
  if (means_missing(failure)) return std::nullopt;
  throw Error("read " + path_ + "/" + knob, failure);
}

std::optional<std::uint64_t> Folder::read_number(const char* knob) const {
  const auto text = read_if_exists(knob);
  return text ? parse_u64(*text) : std::nullopt;
}

Fd Folder::open_knob(const char* knob, int flags) const {
  Fd fd(::openat(fd_.get(), knob, flags | O_CLOEXEC));
  if (!fd) throw_errno("open " + path_ + "/" + knob);
  return fd;
}

std::vector<std::string> Folder::children() const {
  std::vector<std::string> names;
  struct stat status {};
  // kernfs counts folders as link count minus two: most cgroups have none and need no listing.
  if (!valid() || ::fstat(fd_.get(), &status) != 0 || status.st_nlink == 2) return names;
  Fd fd(::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    if (means_missing(errno)) return names;
    throw_errno("list cgroup " + path_);
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.get()), ::closedir);
  if (!stream) throw_errno("list cgroup " + path_);
  fd.release();
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.push_back(name);
  }
  return names;
}

}  // namespace podrun::cgroups
