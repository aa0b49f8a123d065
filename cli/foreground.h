// Pods in the foreground: starts their supervisors, shows what they write, passes on what the user
// orders by signals, and waits for their end.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/output.h"
#include "cli/pod_process.h"
#include "cli/pod_view.h"
#include "cli/render.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::cli {

/// What the user has asked for so far: each further Ctrl-C goes one step on.
enum class Request { kNone, kTerminate, kKill, kKillSupervisor };

/// How one pod ended.
struct PodOutcome {
  PodName name;
  int exit_code = 0;                 // of podrun-pod: the pod's own
  int crash = 0;                     // the signal that ended podrun-pod itself, or 0
  Request request = Request::kNone;  // what had been asked for by then
};

/// The exit code of the whole run, expectations aside: a crash is 1; a pod that ended by itself
/// gives its own; the first that is not 0 counts. An end that was asked for is 0.
int exit_code(const std::vector<PodOutcome>& outcomes);

class Foreground {
 public:
  struct Options {
    pod::Roots roots;
    std::optional<Nanoseconds> duration;  // from the start, then as a first Ctrl-C
    bool keep_logs = false;
  };
  /// `renderer`, `output` and `clock` outlive this object. Blocks SIGINT, SIGTERM and SIGHUP and
  /// ignores SIGPIPE in this process.
  Foreground(Options options, Renderer& renderer, Output& output, const Clock& clock);
  ~Foreground();  // ends what still runs, waits for it, removes the pods' folders
  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;

  /// Makes all folders, then starts all supervisors; all or nothing.
  void start(const std::vector<manifest::Pod>& pods, EarlyPod& early);
  /// Until every pod has ended and everything is shown.
  void wait();
  /// In the order of start().
  std::vector<PodOutcome> outcomes() const;
  /// The text of each pod's report.json; empty where there is none.
  std::vector<std::string> reports() const;

 private:
  struct Running {
    PodOutcome outcome;
    pod::PodFolderLock lock;
    PodProcess process;
    std::optional<PodView> view;
    bool started = false, ended = false, drained = false;
  };
  Nanoseconds since() const { return clock_.now() - begin_; }
  bool all_ended() const;
  bool finished() const;
  void poll_once();
  int poll_timeout() const;
  void take_signals();
  void advance_request(const std::string& because);
  void request(Request wanted, const std::string& because);
  void reap();
  void take_crash(Running& pod, int signal);
  void show();
  void notice(const std::string& text);

  Options options_;
  Renderer& renderer_;
  Output& output_;
  const Clock& clock_;
  Moment begin_;
  Fd signals_;
  Request request_ = Request::kNone;
  Seconds longest_grace_{0};
  bool more_ = false;
  std::list<Running> pods_;
};

}  // namespace podrun::cli
