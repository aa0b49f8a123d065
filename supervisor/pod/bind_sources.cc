#include "supervisor/pod/bind_sources.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/files.h"

namespace podrun::pod {

BindSources::BindSources(const std::vector<runtime::Mount>& mounts, const std::string& own)
    : mount_table_(open_path("/proc/self/mountinfo", O_RDONLY)) {
  for (const runtime::Mount& mount : mounts) {
    if (mount.source_fd < 0 && mount.source.rfind(own + "/", 0) == 0) continue;
    struct stat info {};
    if (mount.source_fd >= 0 || ::stat(mount.source.c_str(), &info) != 0) {
      known_ = false;
      return;
    }
    sources_.push_back({mount.source, info.st_dev, info.st_ino});
  }
}

bool BindSources::unchanged() const {
  pollfd table{mount_table_.get(), POLLPRI, 0};
  if (!known_ || ::poll(&table, 1, 0) != 0) return false;
  return std::all_of(sources_.begin(), sources_.end(), [](const Source& source) {
    struct stat info {};
    return ::stat(source.path.c_str(), &info) == 0 && info.st_dev == source.device &&
           info.st_ino == source.inode;
  });
}

}  // namespace podrun::pod
