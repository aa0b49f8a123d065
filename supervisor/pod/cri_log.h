// Writes one container instance's output to its log file, in CRI format, rotated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/pod/cri_line.h"

namespace podrun::pod {

/// kubelet's containerLogMaxSize and containerLogMaxFiles; containerd's
/// max_container_log_line_size.
struct CriLogFigures {
  std::uint64_t max_size = 10u << 20;  // a file that has grown to this is rotated
  int max_files = 5;                   // the live one included
  std::size_t max_line = 16u << 10;    // a longer line is written as parts (P)
};

/// What could not be written.
struct LostOutput {
  std::uint64_t lines = 0, bytes = 0;
};

/// One container instance's log. A full disk loses lines, never time or the supervisor: no method
/// throws, and what was lost is counted and said in the log once there is room again.
///
/// Rotated files lie beside the live one as `<path>.<YYYYMMDD-HHMMSS>` (UTC), uncompressed.
class CriLog {
 public:
  /// Opens (or goes on with) `path`, making its folder. A failure shows in lost() and last_error().
  explicit CriLog(std::string path, CriLogFigures figures = {});
  CriLog(CriLog&&) noexcept = default;
  CriLog& operator=(CriLog&&) noexcept = default;

  /// Takes output as it was read. Complete lines go to the file with one writev(2); the start of an
  /// unfinished line is kept until its end comes.
  void write(LogStream stream, std::string_view bytes, WallTime now);
  /// The stream has ended: an unfinished line is written as a full one.
  void end(LogStream stream, WallTime now);

  const std::string& path() const { return path_; }
  /// Lost since the start, also where the log has a line about it by now.
  LostOutput lost() const { return lost_; }
  /// errno of the last failure, 0 after a success.
  int last_error() const { return error_; }

 private:
  struct Line;
  class Batch;
  bool open_file();
  void put(const Batch& batch, WallTime now);
  void write_lines(const Batch& batch);
  void lose(const Line& line, int errno_value);
  void say_what_was_lost(WallTime now);
  void rotate(WallTime now);
  void remove_excess();

  std::string path_;
  CriLogFigures figures_;
  Fd file_;
  std::uint64_t size_ = 0;
  std::string unfinished_[2];  // by stream
  LostOutput lost_, unsaid_;   // in all; not yet said in the log
  int error_ = 0;
  WallTime last_rotation_;
};

/// `<log-dir>/<namespace>_<pod>_<uid>/<container>/<restart>.log`
std::string container_log_path(const std::string& log_dir, const std::string& pod_namespace,
                               const std::string& pod, const std::string& uid,
                               const std::string& container, int restart);

}  // namespace podrun::pod
