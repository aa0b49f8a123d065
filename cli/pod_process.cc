#include "cli/pod_process.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "supervisor/pod/starter.h"

namespace podrun::cli {

PodProcess PodProcess::start(const PodStart& start) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw_errno("make the control socket of pod " + start.uid);
  }
  PodProcess pod;
  pod.control_ = Fd(ends[0]);
  const Fd theirs(ends[1]);
  pod.process_ = pod::spawn_supervisor({start.program,
                                        start.roots,
                                        start.uid,
                                        start.allow_no_limits,
                                        start.await_start,
                                        {{"--control-fd", theirs.get()}},
                                        "",
                                        false});
  return pod;
}

EarlyPod::EarlyPod(const PodStart& start) : start_(start) {
  PodStart early = start;
  early.await_start = true;
  process_ = PodProcess::start(early);
}

PodProcess EarlyPod::supervise(const manifest::Pod& pod) {
  if (pod.metadata.uid != start_.uid) {
    PodStart another = start_;
    another.uid = pod.metadata.uid;
    return PodProcess::start(another);
  }
  PodProcess process = std::move(*process_);
  process_.reset();
  process.go(pod.spec);
  return process;
}

EarlyPod::~EarlyPod() {
  if (!process_) return;
  process_->kill_supervisor();
  try {
    process_->process().reap();
  } catch (const Error&) {  // somebody else reaped it
  }
}

void PodProcess::go(const manifest::PodSpec& spec) {
  send('S');
  pod::hand_over(control_.get(), cgroups::detect_layout(), spec);
}

void PodProcess::send(char order) {
  if (::send(control_.get(), &order, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1) return;
  if (errno != EPIPE && errno != ECONNRESET && errno != EAGAIN) {
    throw_errno("write to podrun-pod's control socket");
  }
}

}  // namespace podrun::cli
