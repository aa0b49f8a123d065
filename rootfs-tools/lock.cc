#include "rootfs-tools/lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/error.h"

namespace podrun::images {

namespace {

Fd hold(Fd fd, int operation, const std::string& name) {
  while (::flock(fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return Fd();
    if (errno != EINTR) throw_errno("lock " + name);
  }
  return fd;
}

Fd lock(const std::string& file, int operation) {
  return hold(open_path(file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600), operation, file);
}

Fd lock_at(const std::string& folder, int operation) {
  return hold(open_path(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), operation, folder);
}

}  // namespace

Fd lock_shared(const std::string& file) { return lock(file, LOCK_SH); }
Fd lock_exclusive(const std::string& file) { return lock(file, LOCK_EX); }
Fd try_lock_exclusive(const std::string& file) { return lock(file, LOCK_EX | LOCK_NB); }
Fd lock_folder(const std::string& folder) { return lock_at(folder, LOCK_EX); }
Fd try_lock_folder(const std::string& folder) { return lock_at(folder, LOCK_EX | LOCK_NB); }

}  // namespace podrun::images
