// A command in a running container, or the container itself (attach), as the daemon sees it: asked
// of the pod's supervisor over its control socket. Closing it leaves the command running, as under
// a CRI runtime.
#pragma once

#include <array>
#include <string>
#include <vector>

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

  /// The same for the container itself. `outputs`: stdout and stderr.
  static ExecChannel attach(const pod::Roots& roots, const std::string& uid,
                            const pod::AttachOrder& order, const std::array<int, 2>& outputs);
  /// Attached: the client's input has ended.
  void end_input();

  /// To be watched for reading.
  int fd() const { return socket_.get(); }

  struct News {
    enum class Kind {
      kNone,       // nothing new
      kStarted,    // with a tty: its master in `terminal`, to be resized with TIOCSWINSZ
      kInputOver,  // attached: nobody may write any more
      kExited,     // `code`: exit code, or 128 + signal; 0 when attached
      kFailed,     // it never ran; `text` says why
      kLost,       // the supervisor is gone
    };
    Kind kind = Kind::kNone;
    int code = 0;
    std::string text;
    Fd terminal;  // attached without a tty: what to write its input to, where it has some
  };
  /// Does not wait.
  News read();

 private:
  static ExecChannel ask(const pod::Roots& roots, const std::string& uid, const std::string& packet,
                         const std::vector<int>& fds);

  Fd socket_;
};

}  // namespace podrun::node
