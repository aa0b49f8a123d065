#include "supervisor/pod/attempt.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "supervisor/pod/context.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kOutputLimit = 10u << 10;  // kubelet: pkg/probe/exec, maxReadLength

}  // namespace

Attempt::Attempt(Context& context, const Start& start, Moment deadline, Done done)
    : context_(context), done_(std::move(done)), deadline_(deadline) {
  try {
    Pipe output = make_pipe(O_NONBLOCK);
    ::fcntl(output.write.get(), F_SETFL, 0);  // the process's own end blocks as programs expect
    birth_ = start(runtime::Stdio{-1, output.write.get(), output.write.get()});
    output_ = std::move(output.read);
    output_watch_ =
        context_.loop.watch(output_.get(), EPOLLIN, [this](std::uint32_t) { on_output(); });
    writing_end_ = std::move(output.write);
    report_watch_ =
        context_.loop.watch(birth_.report_fd(), EPOLLIN, [this](std::uint32_t) { on_report(); });
  } catch (const Error& error) {
    failed_early_ = runtime::BirthFailure{error.what(), error.errno_value(), false};
    deadline_ = context_.clock.now();
  }
}

Attempt::~Attempt() { abandon(); }

void Attempt::on_report() {
  const auto state = birth_.advance();
  if (state == runtime::Birth::State::kFailed) {
    const runtime::BirthFailure failure = birth_.failure();
    finish({AttemptOutcome::Kind::kNotStarted, {}, "", failure});
    return;
  }
  writing_end_.reset();
  if (state != runtime::Birth::State::kRunning) return;
  report_watch_.reset();
  process_ = birth_.take_process();
  exit_watch_ =
      context_.loop.watch(process_.pidfd(), EPOLLIN, [this](std::uint32_t) { on_exit(); });
}

void Attempt::read_output() {
  char chunk[4096];
  while (true) {
    const ssize_t n = ::read(output_.get(), chunk, sizeof chunk);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) output_watch_.reset();
      return;
    }
    // What comes beyond the cap is read and dropped, so that the process does not block on a full
    // pipe.
    text_.append(chunk, std::min(static_cast<std::size_t>(n), kOutputLimit - text_.size()));
  }
}

void Attempt::on_output() { read_output(); }

void Attempt::on_exit() {
  ExitStatus status;
  if (!process_.try_reap(status)) return;
  exit_watch_.reset();
  process_ = Process();
  read_output();
  finish({AttemptOutcome::Kind::kExited, status, std::move(text_), {}});
}

void Attempt::on_deadline() {
  if (failed_early_) {
    finish({AttemptOutcome::Kind::kNotStarted, {}, "", *failed_early_});
    return;
  }
  read_output();
  abandon();
  finish({AttemptOutcome::Kind::kTimedOut, {}, std::move(text_), {}});
}

void Attempt::abandon() {
  report_watch_.reset();
  output_watch_.reset();
  exit_watch_.reset();
  if (process_.valid()) {
    ::kill(-process_.pid(), SIGKILL);  // it leads its own session: its whole group goes
    process_.signal(SIGKILL);
    context_.reaper.adopt(std::exchange(process_, Process()));
  }
}

void Attempt::finish(AttemptOutcome outcome) {
  report_watch_.reset();
  output_watch_.reset();
  const Done done = std::move(done_);
  done_ = nullptr;
  if (done) done(std::move(outcome));
}

}  // namespace podrun::pod
