#include "supervisor/node/pod_network.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include <cerrno>
#include <thread>

#include "base/error.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::node {

Fd open_pod_network(const pod::Roots& roots, const std::string& uid) {
  const auto record = pod::read_supervisor_record(pod::pod_folder(roots, uid));
  if (!record) throw Error("the pod has no supervisor");
  Fd network = open_path("/proc/" + std::to_string(record->pid) + "/ns/net", O_RDONLY);
  // The number might have gone to another process.
  if (!pod::is_alive(*record)) throw Error("the pod's supervisor is gone");
  return network;
}

Fd socket_in_network(const Fd& network, int family) {
  Fd made;
  int error = 0;
  // A socket belongs to the namespace of the thread that made it, for good; a thread of its own
  // spares this one the way back, which might fail.
  std::thread([&] {
    if (::setns(network.get(), CLONE_NEWNET) != 0) {
      error = errno;
      return;
    }
    made = Fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made) error = errno;
  }).join();
  if (made) return made;
  errno = error;
  throw_errno("make a socket in the pod's network");
}

}  // namespace podrun::node
