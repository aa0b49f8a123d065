#include "supervisor/node/supervisor_handle.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "base/error.h"
#include "supervisor/node/control_address.h"
#include "supervisor/pod/packet_io.h"
#include "supervisor/pod/spawn.h"

namespace podrun::node {

SupervisorHandle SupervisorHandle::start(const SupervisorHome& home, const std::string& uid,
                                         pod::PodFolderLock lock) {
  SupervisorHandle handle;
  handle.folder_ = pod::pod_folder(home.roots, uid);
  const Fd socket = listen_on_control(handle.folder_);
  pod::SupervisorStart start;
  start.program = home.program;
  start.roots = home.roots;
  start.place = home.place;
  start.uid = uid;
  start.allow_no_limits = home.allow_no_limits;
  start.fds = {{"--control-socket", socket.get()}, {"--lock-fd", lock.fd()}};
  start.log = handle.folder_ + "/supervisor.log";
  start.own_session = true;
  handle.process_ = pod::spawn_supervisor(start);
  return handle;
}

std::pair<Found, SupervisorHandle> SupervisorHandle::find(const std::string& pod_folder) {
  if (::access(pod_folder.c_str(), F_OK) != 0) return {Found::kNone, SupervisorHandle()};
  const auto record = pod::read_supervisor_record(pod_folder);
  if (record && pod::is_alive(*record)) {
    Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, record->pid, 0)));
    // Between the look and the open the number might have gone to another process.
    if (pidfd && pod::is_alive(*record)) {
      SupervisorHandle handle;
      handle.folder_ = pod_folder;
      handle.process_ = Process(record->pid, std::move(pidfd));
      return {Found::kRunning, std::move(handle)};
    }
  }
  // A supervisor that has not written its record yet, or one that is just dying, holds the lock.
  const bool free = pod::PodFolderLock::try_lock(pod_folder).valid();
  return {free ? Found::kOver : Found::kUnclear, SupervisorHandle()};
}

void SupervisorHandle::watch(Reactor& reactor, Reactor::Callback ended) {
  exit_watch_ = reactor.watch_readable(process_.pidfd(), std::move(ended));
}

std::optional<ExitStatus> SupervisorHandle::reap() {
  exit_watch_.reset();
  std::optional<ExitStatus> end;
  try {
    ExitStatus status;
    if (process_.try_reap(status)) end = status;
  } catch (const Error&) {
    // An adopted one is not a child: whoever is its parent gets the status.
  }
  process_ = Process();
  return end;
}

bool SupervisorHandle::order(const std::string& packet) const {
  const Fd fd = connect_control(folder_);
  return fd.valid() && pod::send_packet(fd.get(), packet, {});
}

}  // namespace podrun::node
