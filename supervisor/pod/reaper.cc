#include "supervisor/pod/reaper.h"

#include <signal.h>
#include <sys/epoll.h>

#include <utility>

namespace podrun::pod {

void Reaper::adopt(Process process) {
  if (!process.valid()) return;
  const std::uint64_t id = next_++;
  Entry& entry = entries_[id];
  entry.process = std::move(process);
  entry.watch = loop_.watch(entry.process.pidfd(), EPOLLIN, [this, id](std::uint32_t) {
    ExitStatus ignored;
    if (entries_.at(id).process.try_reap(ignored)) entries_.erase(id);
  });
}

Reaper::~Reaper() {
  for (auto& [id, entry] : entries_) {
    try {
      entry.process.signal(SIGKILL);
      entry.process.reap();
    } catch (const std::exception&) {
      continue;  // not ours any more: nothing to reap
    }
  }
}

}  // namespace podrun::pod
