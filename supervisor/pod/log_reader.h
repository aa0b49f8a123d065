// Reads a container instance's log while it is written and rotated.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/pod/cri_line.h"
#include "supervisor/pod/log_files.h"

namespace podrun::pod {

struct LogSelection {
  std::optional<WallTime> since;
  std::optional<std::uint64_t> tail;  // only so many of the lines that are there at the start
};

/// Follows one instance's log through its rotations, oldest file first. Reads only whole lines.
///
///   LogFollower log(path, {});
///   while (log.read(sink)) {}      // all that is there
///   poll(log.event_fd()), then again
class LogFollower {
 public:
  using Sink = std::function<void(const CriLine&)>;

  /// The file need not be there yet, its folder must.
  explicit LogFollower(std::string path, LogSelection selection = {});

  /// inotify: readable when there may be more.
  int event_fd() const { return events_.get(); }
  /// Hands the lines that are there to `sink`, at most about 256 KiB of them. True when there is
  /// more to read at once. Lines that are not CRI lines are skipped and counted.
  bool read(const Sink& sink);
  std::uint64_t malformed() const { return malformed_; }

 private:
  void open_first();
  /// Opens the file that followed the current one; false while the current one is the live one.
  bool open_successor();
  bool has_successor() const;
  /// False at the end of the file as it now is.
  bool read_file(const Sink& sink, std::size_t& budget);

  std::string path_;
  LogSelection selection_;
  Fd events_, file_;
  std::uint64_t offset_ = 0;  // of the current file: lines before it were handed out
  std::uint64_t malformed_ = 0;
  bool in_overlong_line_ = false;
};

/// Prints lines as `kubectl logs` does: parts joined, an optional timestamp at the start of each
/// line, at most `limit` bytes.
class LogPrinter {
 public:
  struct Options {
    bool timestamps = false;
    std::optional<std::uint64_t> limit_bytes;
    std::optional<LogStream> only;  // this stream's lines
  };
  using Output = std::function<void(LogStream, std::string_view)>;
  LogPrinter(Options options, Output output) : options_(options), output_(std::move(output)) {}
  void print(const CriLine& line);
  /// True once limit_bytes have been put out.
  bool finished() const { return options_.limit_bytes && *options_.limit_bytes == 0; }

 private:
  void put(LogStream stream, std::string_view bytes);
  Options options_;
  Output output_;
  bool inside_line_[2] = {false, false};
};

}  // namespace podrun::pod
