// Starting podrun-pod: what `podrun run` and the daemon have in common.
#pragma once

#include <string>
#include <vector>

#include "base/pidfd.h"
#include "supervisor/pod/node_place.h"
#include "supervisor/pod/paths.h"

namespace podrun::pod {

/// A program that belongs to podrun: beside this program's own binary, else in
/// <prefix>/libexec/podrun; where it is in neither, it is expected in the former.
std::string find_program(const std::string& name);

/// A descriptor that the supervisor gets, and the flag that tells it the number: "--control-fd".
struct GivenFd {
  std::string flag;
  int fd = -1;
};

struct SupervisorStart {
  std::string program;  // find_program("podrun-pod")
  Roots roots;
  std::string uid;
  bool allow_no_limits = false;
  /// It waits for the byte 'S' on its control descriptor before it reads pod.json; at the end of
  /// file instead it leaves without a trace.
  bool await_start = false;
  std::vector<GivenFd> fds;
  /// A file that gets the supervisor's own messages, appended; empty: this process's stderr.
  std::string log;
  /// A session of its own, rather than only a process group: it outlives a terminal's.
  bool own_session = false;
  NodePlace place = {};
};

/// Another of podrun's programs, which is to outlive this process.
struct DetachedStart {
  std::string program;             // its path
  std::vector<std::string> words;  // from argv[0] on
  std::string log;                 // as SupervisorStart's
};

/// As spawn_supervisor(), in a session of its own.
Process spawn_detached(const DetachedStart& start);

/// Spawns it with nothing on standard input, no blocked or ignored signals, and in a process group
/// of its own, so that a terminal's Ctrl-C reaches only the caller. The pod's folder with pod.json
/// must be there when it begins.
Process spawn_supervisor(const SupervisorStart& start);

}  // namespace podrun::pod
