// One pod's files, read while its supervisor writes them: events, status, container logs.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "cli/output.h"
#include "cli/render.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/log_reader.h"

namespace podrun::cli {

/// "<log-dir>/<namespace>_<name>_<uid>" (docs/run-dir.md).
std::string log_folder(const std::string& log_dir, const PodName& pod);

/// New whole lines of a file that grows.
class LineTail {
 public:
  explicit LineTail(std::string path) : path_(std::move(path)) {}
  /// The lines that came since the last call, without line feeds; a missing file has none.
  std::vector<std::string> read();

 private:
  std::string path_;
  Fd file_;
  std::string rest_;
};

/// One container's output over all its instances, in order.
class ContainerLog {
 public:
  using Sink = std::function<void(const LogLine&)>;
  /// `folder`: <pod's log folder>/<container>.
  ContainerLog(std::string container, std::string folder);
  /// The descriptor to poll for more of the current instance; -1 before the first.
  int event_fd() const { return follower_ ? follower_->event_fd() : -1; }
  /// At most some hundred KiB; true where there is more at once. `sink` gets whole lines, but lines
  /// beyond 256 KiB in parts. `look`: something may have changed in the folder, look for the next
  /// instance there.
  bool read(const Sink& sink, bool look);
  /// Gives out what waits for the rest of its line: there will be none.
  void finish(const Sink& sink);

 private:
  void take(const pod::CriLine& line, const Sink& sink);

  std::string container_, folder_;
  int instance_ = -1;
  std::optional<int> next_;  // seen, not yet begun
  bool look_again_ = false;
  std::optional<pod::LogFollower> follower_;
  struct Unfinished {
    std::string text, time;
  };
  Unfinished unfinished_[2];  // parts of a line, by stream
};

/// Everything of one pod, rendered to an output.
class PodView {
 public:
  /// Makes the log folders, so that they can be watched before the supervisor writes to them.
  PodView(const manifest::Pod& pod, const pod::Roots& roots);
  const PodName& name() const { return name_; }
  std::vector<int> fds() const;
  /// Renders what is new. True where there is more at once (or the output is full).
  bool read(Renderer& renderer, Output& output, Nanoseconds since);
  /// The supervisor has ended: the next read() looks at every file once more, and at unfinished
  /// lines.
  void set_ended() { ended_ = true; }
  /// From now on its status is shown as Terminating.
  void set_deleting() { deleting_ = true; }

 private:
  void read_status(Renderer& renderer, Output& output, Nanoseconds since);

  PodName name_;
  manifest::PodSpec spec_;
  std::string folder_;
  Fd watch_;  // inotify on the pod's folder and on each container's log folder
  LineTail events_;
  std::string last_status_;
  std::list<ContainerLog> logs_;
  bool deleting_ = false, ended_ = false, first_ = true;
};

}  // namespace podrun::cli
