#include "supervisor/node/folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <set>
#include <utility>

#include "base/error.h"

namespace podrun::node {

FolderWatch::FolderWatch(Reactor& reactor, Changed changed)
    : changed_(std::move(changed)), inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!inotify_) throw_errno("inotify_init1", "fs.inotify.max_user_instances may be too low");
  readable_ = reactor.watch_readable(inotify_.get(), [this] { on_readable(); });
}

void FolderWatch::add(const std::string& uid, const std::string& folder) {
  const int watch =
      ::inotify_add_watch(inotify_.get(), folder.c_str(), IN_MODIFY | IN_MOVED_TO | IN_ONLYDIR);
  if (watch < 0) throw_errno("watch " + folder, "fs.inotify.max_user_watches may be too low");
  pods_[watch] = uid;
  watches_[uid] = watch;
}

void FolderWatch::remove(const std::string& uid) {
  const auto found = watches_.find(uid);
  if (found == watches_.end()) return;
  ::inotify_rm_watch(inotify_.get(), found->second);  // fails where the folder is gone: no matter
  pods_.erase(found->second);
  watches_.erase(found);
}

void FolderWatch::on_readable() {
  alignas(inotify_event) std::array<char, 16384> buffer{};
  std::set<std::string> changed;
  while (true) {
    const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += sizeof event + event.len;
      if ((event.mask & IN_Q_OVERFLOW) != 0) {
        for (const auto& [uid, watch] : watches_) changed.insert(uid);
      } else if (const auto pod = pods_.find(event.wd); pod != pods_.end()) {
        changed.insert(pod->second);
      }
    }
  }
  for (const std::string& uid : changed) changed_(uid);
}

}  // namespace podrun::node
