// One probe attempt or exec hook: a process in the probe leaf, its output, its deadline. Knows
// nothing of thresholds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/pidfd.h"
#include "runtime/birth.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

struct Context;

/// How an attempt's process ended.
struct AttemptOutcome {
  enum class Kind { kExited, kTimedOut, kNotStarted } kind = Kind::kExited;
  ExitStatus status;
  std::string output;                 // stdout and stderr together, capped
  runtime::BirthFailure not_started;  // for kNotStarted
};

/// Owns the process from its birth to its end. `done` is called once, from the loop; the attempt
/// may be destroyed in it.
class Attempt {
 public:
  using Done = std::function<void(AttemptOutcome)>;
  /// Starts a birth with the given output descriptor as stdout and stderr.
  using Start = std::function<runtime::Birth(const runtime::Stdio&)>;

  /// Errors that Start throws are reported as kNotStarted in the next on_deadline().
  Attempt(Context& context, const Start& start, Moment deadline, Done done);
  ~Attempt();  // kills the process's group, leaves the reaping to the Reaper
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Moment deadline() const { return deadline_; }
  /// To be called when `deadline()` has come.
  void on_deadline();

 private:
  void on_report();
  void on_output();
  void on_exit();
  void read_output();
  void finish(AttemptOutcome outcome);
  void abandon();

  Context& context_;
  Done done_;
  Moment deadline_;
  std::optional<runtime::BirthFailure> failed_early_;
  runtime::Birth birth_;
  Process process_;
  Fd output_, writing_end_;
  std::string text_;
  Loop::Watch report_watch_, output_watch_, exit_watch_;
};

}  // namespace podrun::pod
