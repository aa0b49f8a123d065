// What tells the supervisor to end: bytes and end-of-file on the control descriptor, orders on the
// control socket, and signals.
#pragma once

#include <functional>

#include "base/fd.h"
#include "supervisor/pod/control_socket.h"
#include "supervisor/pod/loop.h"
#include "supervisor/pod/starter.h"

namespace podrun::pod {

/// Where orders come from; -1: not from there.
struct ControlFds {
  int pipe = -1;    // of who started the supervisor: its end orders, too
  int socket = -1;  // listening: of whoever connects
};

/// 'T', SIGTERM, SIGINT or the end of the other side: terminate gracefully. 'K', SIGQUIT or a
/// second SIGTERM: kill now.
class Control {
 public:
  /// Blocks the signals and watches for them; the descriptors are taken over. `starter` reads those
  /// of the pipe.
  Control(Loop& loop, const ControlFds& fds, Starter& starter, ControlHandlers handlers);

 private:
  void on_control();
  void on_signal();

  Starter& starter_;
  std::function<void(const ControlRequest&)> handler_;
  Fd control_, signals_;
  Loop::Watch control_watch_, signal_watch_;
  ControlSocket socket_;
  bool term_seen_ = false;
};

}  // namespace podrun::pod
