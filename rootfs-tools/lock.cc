#include "rootfs-tools/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/error.h"

namespace podrun::images {

namespace {

Fd lock(const std::string& file, int operation) {
  Fd fd = open_path(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  while (::flock(fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return Fd();
    if (errno != EINTR) throw_errno("lock " + file);
  }
  return fd;
}

}  // namespace

Fd lock_shared(const std::string& file) { return lock(file, LOCK_SH); }
Fd lock_exclusive(const std::string& file) { return lock(file, LOCK_EX); }
Fd try_lock_exclusive(const std::string& file) { return lock(file, LOCK_EX | LOCK_NB); }

}  // namespace podrun::images
