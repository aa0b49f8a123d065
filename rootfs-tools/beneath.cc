#include "rootfs-tools/beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"

namespace podrun::images {

Fd try_open_beneath(int folder_fd, const std::string& path, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const char* name = path.empty() ? "." : path.c_str();
  while (true) {
    const long fd = ::syscall(SYS_openat2, folder_fd, name, &how, sizeof how);
    if (fd >= 0) return Fd(static_cast<int>(fd));
    if (errno != EAGAIN && errno != EINTR) return Fd();
  }
}

Fd open_beneath(int folder_fd, const std::string& path, int flags, mode_t mode) {
  Fd fd = try_open_beneath(folder_fd, path, flags, mode);
  if (!fd) throw_errno("open " + path);
  return fd;
}

}  // namespace podrun::images
