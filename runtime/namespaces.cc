#include "runtime/namespaces.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

namespace podrun::runtime {

void enter_sandbox(const SandboxNamespaces& namespaces) {
  const int flags = (namespaces.network ? CLONE_NEWNET : 0) | (namespaces.ipc ? CLONE_NEWIPC : 0) |
                    (namespaces.uts ? CLONE_NEWUTS : 0);
  if (flags != 0 && ::unshare(flags) != 0)
    throw_errno("make the pod's namespaces", "this needs root");
  if (namespaces.network) bring_loopback_up();
}

void bring_loopback_up() {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("open a socket to bring lo up");
  ifreq request{};
  ::strncpy(request.ifr_name, "lo", sizeof request.ifr_name - 1);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) throw_errno("read the flags of lo");
  request.ifr_flags |= IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) throw_errno("bring lo up");
}

void set_hostname(const std::string& name) {
  if (::sethostname(name.data(), name.size()) != 0) throw_errno("set the hostname to " + name);
}

namespace {

Fd own_namespace(const std::string& kind) { return open_path("/proc/self/ns/" + kind, O_RDONLY); }

void go_to(const Fd& ns, int type) {
  if (::setns(ns.get(), type) != 0) throw_errno("go to another namespace");
}

}  // namespace

SandboxAhead::SandboxAhead()
    : network_(own_namespace("net")), ipc_(own_namespace("ipc")), uts_(own_namespace("uts")) {
  enter_sandbox({});
}

void SandboxAhead::settle(const SandboxNamespaces& wanted) const {
  if (!wanted.network) go_to(network_, CLONE_NEWNET);
  if (!wanted.ipc) go_to(ipc_, CLONE_NEWIPC);
  if (!wanted.uts) go_to(uts_, CLONE_NEWUTS);
}

void SandboxAhead::in_first_network(const std::function<void()>& look) const {
  const Fd present = own_namespace("net");
  go_to(network_, CLONE_NEWNET);
  look();
  go_to(present, CLONE_NEWNET);
}

}  // namespace podrun::runtime
