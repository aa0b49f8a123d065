// Namespaces as resources: make, hold, join.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"

namespace podrun::runtime {

/// Which of a pod's namespaces are its own, not the host's. The pod's sandbox is the supervisor
/// itself: containers inherit these.
struct SandboxNamespaces {
  bool network = true;
  bool ipc = true;
  bool uts = true;
};

/// Moves the calling thread into new namespaces of the kinds given, with `lo` up.
void enter_new_namespaces(const SandboxNamespaces& kinds);
/// The same for somebody else: the caller stays where it is. A descriptor holds each.
std::vector<Fd> make_namespaces(const SandboxNamespaces& kinds);
/// Moves the calling thread into namespaces that were made so.
void enter_namespaces(const std::vector<Fd>& namespaces);

/// ioctl SIOCSIFFLAGS IFF_UP on "lo" in the current network namespace.
void bring_loopback_up();
/// Sets the hostname of the current uts namespace.
void set_hostname(const std::string& name);

}  // namespace podrun::runtime
