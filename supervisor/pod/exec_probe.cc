#include "supervisor/pod/exec_probe.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::pod {

void ExecProbeOutput::add(std::string& kept, std::string_view bytes) {
  kept.append(
      bytes.substr(0, kExecProbeOutputLimit - std::min(kExecProbeOutputLimit, kept.size())));
}

std::string ExecProbeOutput::text() const {
  return stdout_ + stderr_.substr(0, kExecProbeOutputLimit - stdout_.size());
}

ExecProbeResult exec_probe_result(ExitStatus status, std::string_view output, bool timed_out,
                                  const std::vector<std::string>& command, Nanoseconds timeout) {
  if (timed_out) {
    std::string words;
    for (const std::string& word : command) words.append(words.empty() ? "" : " ").append(word);
    return {ProbeResult::kFailure,
            "command timed out: " + go_quote(words) + " timed out after " + go_duration(timeout)};
  }
  return {status.shell_code() == 0 ? ProbeResult::kSuccess : ProbeResult::kFailure,
          std::string(output.substr(0, kExecProbeOutputLimit))};
}

}  // namespace podrun::pod
