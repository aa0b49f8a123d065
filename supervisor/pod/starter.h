// What the one who starts a supervisor makes for it meanwhile, and hands over: the kernel takes a
// millisecond for a network namespace and half of one for a device program.
#pragma once

#include <map>
#include <vector>

#include "base/fd.h"
#include "cgroups/layout.h"
#include "cgroups/limits.h"
#include "runtime/namespaces.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/packet_io.h"

namespace podrun::pod {

/// The namespaces that a pod has of its own.
runtime::SandboxNamespaces own_namespaces(const manifest::PodSpec& spec);
/// runc's default list (its AllowedDevices). Nodes of all devices may be made, few be opened:
/// CAP_MKNOD, which containers have, is no way to the host's disks.
std::vector<cgroups::DeviceRule> default_devices();

/// The starter's end of the control socket. What cannot be made is handed over empty: the
/// supervisor tries it again, and tells why it fails.
void hand_over(int control, const cgroups::Layout& layout, const manifest::PodSpec& spec);

/// The supervisor's end.
class Starter {
 public:
  /// `control`: the supervisor's end, not owned; -1: it has none. `helps`: 'S' and what is handed
  /// over will come.
  Starter(int control, bool helps) : control_(control), helps_(helps) {}
  /// Waits for the word that pod.json is there; false where it will not come.
  bool wait_for_start() { return wait_for('S'); }
  /// The loaded program of default_devices(), once; empty where there is none. Waits for it.
  Fd take_device_program();
  /// Moves this process into the namespaces that were handed over, or into new ones of the kinds
  /// given; once, after that it does nothing.
  void enter_namespaces(const runtime::SandboxNamespaces& kinds);
  /// Receives one packet, without waiting where there is none: `word` is its first byte, for
  /// whoever takes orders. What it hands over is kept here.
  Received receive(char& word);

 private:
  bool wait_for(char what);

  int control_;
  bool helps_;
  bool entered_ = false;
  std::map<char, std::vector<Fd>> received_;
};

}  // namespace podrun::pod
