// Standard output that never holds the reader up: text waits here until the descriptor takes it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace podrun::cli {

/// A buffer in front of a descriptor that is not owned. The descriptor stays in blocking mode (it
/// may be shared with other programs); writes are made when poll() says that one page fits.
class Output {
 public:
  explicit Output(int fd) : fd_(fd) {}

  int fd() const { return fd_; }
  void add(std::string_view text) { pending_ += text; }
  bool pending() const { return !pending_.empty(); }
  /// Too much waits: stop reading what would be added.
  bool full() const { return pending_.size() > (1u << 20); }
  /// Writes as much as goes without blocking.
  void flush_ready();
  /// Writes everything, waiting as long as it takes.
  void flush_all();
  /// The other end is gone (EPIPE): everything is dropped from then on.
  bool closed() const { return closed_; }
  /// Drops what waits, and everything from now on.
  void discard();

 private:
  bool ready() const;
  void write_some();
  int fd_;
  std::string pending_;
  bool closed_ = false;
};

/// How text may look on a descriptor.
struct Look {
  bool terminal = false;
  bool color = false;
};
/// A terminal gets colours unless `no_color` or the environment's NO_COLOR (non-empty) or TERM=dumb
/// says otherwise.
Look look_of(int fd, bool no_color);

}  // namespace podrun::cli
