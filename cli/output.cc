#include "cli/output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/error.h"

namespace podrun::cli {
namespace {

// A pipe that polls as writable takes PIPE_BUF bytes without blocking (man 7 pipe).
constexpr std::size_t kChunk = 4096;

}  // namespace

bool Output::ready() const {
  pollfd entry{.fd = fd_, .events = POLLOUT, .revents = 0};
  return ::poll(&entry, 1, 0) == 1;
}

void Output::write_some() {
  const ssize_t written = ::write(fd_, pending_.data(), std::min(pending_.size(), kChunk));
  if (written >= 0) {
    pending_.erase(0, static_cast<std::size_t>(written));
  } else if (errno == EPIPE || errno == EIO) {
    discard();
  } else if (errno == EAGAIN) {
    pollfd entry{.fd = fd_, .events = POLLOUT, .revents = 0};
    ::poll(&entry, 1, 100);
  } else if (errno != EINTR) {
    throw_errno("write to standard output");
  }
}

void Output::discard() {
  closed_ = true;
  pending_.clear();
}

void Output::flush_ready() {
  if (closed_) pending_.clear();
  while (pending() && ready()) write_some();
}

void Output::flush_all() {
  if (closed_) pending_.clear();
  while (pending()) write_some();
}

Look look_of(int fd, bool no_color) {
  Look look;
  look.terminal = ::isatty(fd) == 1;
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::string_view(value) : std::string_view();
  };
  look.color = look.terminal && !no_color && set("NO_COLOR").empty() && set("TERM") != "dumb";
  return look;
}

}  // namespace podrun::cli
