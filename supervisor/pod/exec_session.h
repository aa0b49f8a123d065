// A command that a client of the control socket runs in a container (kubectl exec): started with
// the client's descriptors or a terminal, its exit code told when it ends. It outlives its client,
// as under a CRI runtime.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/pidfd.h"
#include "runtime/birth.h"
#include "supervisor/pod/loop.h"
#include "supervisor/pod/reaper.h"

namespace podrun::pod {

struct ExecRequest {
  std::string container;
  std::vector<std::string> command;
  bool tty = false;
  std::vector<Fd> streams;  // stdin, stdout, stderr; none with a tty
};

/// Tells the client, where it is still there: "started" (with a tty's master), "exit CODE" or
/// "error TEXT".
using ExecReply = std::function<void(const std::string& packet, int fd)>;

/// The running instance that a command joins.
struct ExecTarget {
  runtime::Birthplace& place;
  const Process& process;
  const runtime::Spec& spec;
};

class ExecSession {
 public:
  /// Throws Error where the process cannot even be planned. `over` is called from the loop when
  /// nothing is left; the session may be destroyed in it.
  ExecSession(Loop& loop, Reaper& reaper, const ExecTarget& target, ExecRequest request,
              ExecReply reply, std::function<void()> over);
  ~ExecSession();  // kills what still runs: the reaper takes it over
  ExecSession(const ExecSession&) = delete;
  ExecSession& operator=(const ExecSession&) = delete;

 private:
  void on_report();
  void on_exit();

  Loop& loop_;
  Reaper& reaper_;
  ExecReply reply_;
  std::function<void()> over_;
  std::vector<Fd> streams_;
  runtime::Birth birth_;
  Process process_;
  Loop::Watch report_watch_, exit_watch_;
};

}  // namespace podrun::pod
