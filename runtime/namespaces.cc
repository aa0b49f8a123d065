#include "runtime/namespaces.h"

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

}  // namespace podrun::runtime
