// An owned file descriptor.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>

namespace podrun {

/// Owns one file descriptor and closes it. All descriptors that this project opens are
/// close-on-exec.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }
  explicit operator bool() const noexcept { return valid(); }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept;
  /// A second descriptor of the same open file (close-on-exec).
  Fd duplicate() const;

 private:
  int fd_ = -1;
};

/// openat(2) with O_CLOEXEC added; throws an Error that names the path.
Fd open_at(int dir_fd, const std::string& path, int flags, mode_t mode = 0);
inline Fd open_path(const std::string& path, int flags, mode_t mode = 0);

/// openat2(2) with RESOLVE_IN_ROOT: no symlink or ".." leads out of `root_fd`. For every path
/// inside a rootfs.
Fd open_in_root(int root_fd, const std::string& path, int flags, mode_t mode = 0);

/// openat2(2) that follows no symlink and stays below `dir_fd` and in its mount: for folders that
/// others may have written to, where no links are expected.
Fd open_beneath(int dir_fd, const std::string& path, int flags, mode_t mode = 0);

/// Both ends of a pipe, close-on-exec.
struct Pipe {
  Fd read;
  Fd write;
};
Pipe make_pipe(int flags = 0);

}  // namespace podrun

#include <fcntl.h>

inline podrun::Fd podrun::open_path(const std::string& path, int flags, mode_t mode) {
  return open_at(AT_FDCWD, path, flags, mode);
}
