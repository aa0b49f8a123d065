// A command in a running container, as the daemon sees it: asked of the pod's supervisor over its
// control socket. Closing it leaves the command running, as under a CRI runtime.
#pragma once

#include <array>
#include <string>

#include "base/fd.h"
#include "supervisor/pod/control_packet.h"
#include "supervisor/pod/paths.h"

namespace podrun::node {

class ExecChannel {
 public:
  /// What the command reads and writes; not owned: close them after open(), or their other ends
  /// never see an end-of-file. Unused with a tty.
  using Streams = std::array<int, 3>;

  /// Throws Error where the pod's supervisor cannot be reached.
  static ExecChannel open(const pod::Roots& roots, const std::string& uid,
                          const pod::ExecOrder& order, const Streams& streams);

  /// To be watched for reading.
  int fd() const { return socket_.get(); }

  struct News {
    enum class Kind {
      kNone,     // nothing new
      kStarted,  // with a tty: its master in `terminal`, to be resized with TIOCSWINSZ
      kExited,   // `code`: exit code, or 128 + signal
      kFailed,   // it never ran; `text` says why
      kLost,     // the supervisor is gone
    };
    Kind kind = Kind::kNone;
    int code = 0;
    std::string text;
    Fd terminal;
  };
  /// Does not wait.
  News read();

 private:
  Fd socket_;
};

}  // namespace podrun::node
