#include "cli/pod_process.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/error.h"

namespace podrun::cli {

PodProcess PodProcess::start(const PodStart& start) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("make the control socket of pod " + start.uid);
  }
  PodProcess pod;
  pod.control_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  pod.process_ = pod::spawn_supervisor({start.program,
                                        start.roots,
                                        start.uid,
                                        start.allow_no_limits,
                                        {{"--control-fd", theirs.get()}},
                                        "",
                                        false});
  return pod;
}

void PodProcess::send(char order) {
  if (::send(control_.get(), &order, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return;
  if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) {
    throw_errno("write to podrun-pod's control socket");
  }
}

}  // namespace podrun::cli
