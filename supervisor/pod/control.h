// What tells the supervisor to end: bytes and end-of-file on the control descriptor, and signals.
#pragma once

#include <functional>

#include "base/fd.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

enum class ControlRequest { kTerminate, kKill };

/// 'T', SIGTERM, SIGINT or the end of the other side: terminate gracefully. 'K', SIGQUIT or a
/// second SIGTERM: kill now.
class Control {
 public:
  using Handler = std::function<void(ControlRequest)>;
  /// Blocks the signals and watches for them; `control_fd` may be -1, else it is taken over.
  Control(Loop& loop, int control_fd, Handler handler);

 private:
  void on_control();
  void on_signal();

  Handler handler_;
  Fd control_, signals_;
  Loop::Watch control_watch_, signal_watch_;
  bool term_seen_ = false;
};

}  // namespace podrun::pod
