#include "base/fd.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/error.h"

namespace podrun {

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void Fd::reset() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Fd Fd::duplicate() const {
  Fd copy(::fcntl(fd_, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw_errno("duplicate a file descriptor");
  return copy;
}

Fd open_at(int dir_fd, const std::string& path, int flags, mode_t mode) {
  Fd fd(::openat(dir_fd, path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) throw_errno("open " + path);
  return fd;
}

namespace {

Fd open_resolving(int dir_fd, const std::string& path, int flags, mode_t mode,
                  std::uint64_t resolve, const char* where) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  int fd = -1;
  do {
    fd = static_cast<int>(::syscall(SYS_openat2, dir_fd, path.c_str(), &how, sizeof how));
  } while (fd < 0 && errno == EAGAIN);
  if (fd < 0) throw_errno("open " + path + where);
  return Fd(fd);
}

}  // namespace

Fd open_in_root(int root_fd, const std::string& path, int flags, mode_t mode) {
  return open_resolving(root_fd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
                        " inside the root file system");
}

Fd open_beneath(int dir_fd, const std::string& path, int flags, mode_t mode) {
  return open_resolving(dir_fd, path, flags, mode,
                        RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
                        " without following links");
}

Pipe make_pipe(int flags) {
  int ends[2];
  if (::pipe2(ends, flags | O_CLOEXEC) != 0) throw_errno("make a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

}  // namespace podrun
