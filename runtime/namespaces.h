// Namespaces as resources: make, hold, join.
#pragma once

#include <functional>
#include <string>

#include "base/fd.h"

namespace podrun::runtime {

/// Moves the calling (single-threaded) process into new network, ipc and uts namespaces as asked,
/// and brings `lo` up. The pod's sandbox is the supervisor itself: containers inherit these.
struct SandboxNamespaces {
  bool network = true;
  bool ipc = true;
  bool uts = true;
};
void enter_sandbox(const SandboxNamespaces& namespaces);
/// The same, made before it is known which are wanted: all of them, and the way back.
class SandboxAhead {
 public:
  SandboxAhead();
  /// Goes back to the first namespaces of the kinds that are not `wanted`.
  void settle(const SandboxNamespaces& wanted) const;
  /// Calls `look` in the first network namespace.
  void in_first_network(const std::function<void()>& look) const;

 private:
  Fd network_, ipc_, uts_;
};

/// ioctl SIOCSIFFLAGS IFF_UP on "lo" in the current network namespace.
void bring_loopback_up();
/// Sets the hostname of the current uts namespace.
void set_hostname(const std::string& name);

}  // namespace podrun::runtime
