// What an exec probe's command says about its container: kubelet's rules for exit code and output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/pidfd.h"
#include "supervisor/pod/probe_state.h"

namespace podrun::pod {

/// Of a probe command's output, so many bytes are kept (kubelet: maxReadLength).
inline constexpr std::size_t kExecProbeOutputLimit = 10u << 10;

/// Collects stdout and stderr of one attempt; `text()` is stdout followed by stderr, within the
/// limit.
class ExecProbeOutput {
 public:
  void add_stdout(std::string_view bytes) { add(stdout_, bytes); }
  void add_stderr(std::string_view bytes) { add(stderr_, bytes); }
  std::string text() const;

 private:
  static void add(std::string& kept, std::string_view bytes);
  std::string stdout_, stderr_;
};

struct ExecProbeResult {
  ProbeResult result = ProbeResult::kError;
  std::string message;  // behind "Liveness probe failed: "; of a failure, the output itself
  bool operator==(const ExecProbeResult&) const = default;
};

/// `timed_out`: the command was killed because `timeout` had passed; `status` then says nothing.
ExecProbeResult exec_probe_result(ExitStatus status, std::string_view output, bool timed_out,
                                  const std::vector<std::string>& command, Nanoseconds timeout);

}  // namespace podrun::pod
