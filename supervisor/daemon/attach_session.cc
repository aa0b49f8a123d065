#include "supervisor/daemon/attach_session.h"

#include "supervisor/daemon/exec_session.h"

namespace podrun::daemon {

AttachSession::AttachSession(const std::string& file, const WantedStreams& wanted, ExecWire& wire,
                             node::Reactor& reactor)
    : wanted_(wanted),
      wire_(wire),
      reactor_(reactor),
      log_(file, {.since = {}, .tail = 0}),
      printer_({}, [this](pod::LogStream stream, std::string_view bytes) { put(stream, bytes); }) {
  pump();
  watch();
}

void AttachSession::put(pod::LogStream stream, std::string_view bytes) {
  const bool is_error = stream == pod::LogStream::kStderr;
  if (is_error ? !wanted_.err : !wanted_.out) return;
  wire_.send(is_error ? ExecStream::kStderr : ExecStream::kStdout, bytes);
}

/// Until all is read that is there, or the client has much unread.
void AttachSession::pump() {
  while (wire_.queued() < kMaxQueued) {
    if (!log_.read([this](const pod::CriLine& line) { printer_.print(line); })) {
      if (over_) conclude();
      return;
    }
  }
  watch_.reset();
  wire_.when_drained([this] {
    pump();
    watch();
  });
}

void AttachSession::watch() {
  if (finished_ || watch_ || wire_.queued() >= kMaxQueued) return;
  watch_ = reactor_.watch_readable(log_.event_fd(), [this] { pump(); });
}

void AttachSession::finish() {
  over_ = true;
  if (!finished_ && wire_.queued() < kMaxQueued) pump();
}

// Whatever the exit code is: attaching has succeeded.
void AttachSession::conclude() {
  if (std::exchange(finished_, true)) return;
  watch_.reset();
  wire_.send(ExecStream::kError, exit_status(0));
  wire_.finish();
}

}  // namespace podrun::daemon
