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

std::vector<Fd> present_namespaces(const SandboxNamespaces& kinds) {
  std::vector<Fd> present;
  const auto open = [&](bool wanted, const char* path) {
    if (wanted) present.push_back(open_path(path, O_RDONLY));
  };
  open(kinds.network, "/proc/thread-self/ns/net");
  open(kinds.ipc, "/proc/thread-self/ns/ipc");
  open(kinds.uts, "/proc/thread-self/ns/uts");
  return present;
}

}  // namespace

void enter_new_namespaces(const SandboxNamespaces& kinds) {
  const int flags = (kinds.network ? CLONE_NEWNET : 0) | (kinds.ipc ? CLONE_NEWIPC : 0) |
                    (kinds.uts ? CLONE_NEWUTS : 0);
  if (flags != 0 && ::unshare(flags) != 0)
    throw_errno("make the pod's namespaces", "this needs root");
  if (kinds.network) bring_loopback_up();
}

std::vector<Fd> make_namespaces(const SandboxNamespaces& kinds) {
  const std::vector<Fd> own = present_namespaces(kinds);
  struct WayBack {
    const std::vector<Fd>& to;
    // Nothing may go on in a stranger's network: an Error here ends the program.
    ~WayBack() noexcept { enter_namespaces(to); }
  } const way_back{own};
  enter_new_namespaces(kinds);
  return present_namespaces(kinds);
}

void enter_namespaces(const std::vector<Fd>& namespaces) {
  for (const Fd& ns : namespaces)
    if (::setns(ns.get(), 0) != 0) throw_errno("enter a namespace");
}

}  // namespace podrun::runtime
