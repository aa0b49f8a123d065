#include "supervisor/daemon/exec_session.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/error.h"
#include "supervisor/api/api_error.h"

namespace podrun::daemon {
namespace {

using api::Json;

constexpr std::size_t kChunk = 32u << 10;
/// What may wait for the command.
constexpr std::size_t kMaxPending = 256u << 10;
/// What an interrupted terminal reads as end of input.
constexpr char kEndOfTransmission = 4;

void set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    throw_errno("make a stream of a command non-blocking");
  }
}

Fd null_device(int flags) { return open_path("/dev/null", flags); }

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string failure_status(bool attach, const std::string& why) {
  const std::string doing = attach ? "attaching to" : "executing command in";
  return dumped(api::internal_error("error " + doing + " container: " + why).to_json());
}

}  // namespace

void resize_session(WireSession& session, std::string_view json) {
  const Json size = Json::parse(json, nullptr, false);
  if (!size.is_object()) return;
  const auto side = [&](const char* name) -> unsigned short {
    const auto found = size.find(name);
    if (found == size.end() || !found->is_number_unsigned()) return 0;
    return static_cast<unsigned short>(
        std::min<std::uint64_t>(found->get<std::uint64_t>(), 0xffff));
  };
  session.resize(side("Width"), side("Height"));
}

// k8s.io/kubelet/pkg/cri/streaming/remotecommand/exec.go, ServeExec.
std::string exit_status(int code) {
  Json status{{"metadata", Json::object()}};
  if (code == 0) {
    status["status"] = "Success";
    return dumped(status);
  }
  const std::string text = std::to_string(code);
  status["status"] = "Failure";
  status["message"] = "command terminated with non-zero exit code: exit status " + text;
  status["reason"] = "NonZeroExitCode";
  status["details"] = {{"causes", Json::array({{{"reason", "ExitCode"}, {"message", text}}})}};
  return dumped(status);
}

ExecSession::ExecSession(const pod::Roots& roots, const ExecPlan& plan, ExecWire& wire,
                         node::Reactor& reactor)
    : wire_(wire),
      reactor_(reactor),
      tty_(plan.order.tty),
      attach_(plan.attach),
      once_(plan.once),
      wants_input_(plan.in),
      wants_output_(plan.out) {
  input_ended_ = !plan.in;
  try {
    start(roots, plan);
  } catch (const Error& error) {
    channel_.reset();
    for (Output& output : outputs_) output.fd.reset();
    status_ = failure_status(attach_, error.what());
    conclude();
  }
}

void ExecSession::start(const pod::Roots& roots, const ExecPlan& plan) {
  // The command's ends are closed here when it has them.
  std::array<Fd, 3> theirs;
  if (!tty_ || attach_) {
    if (attach_) {
      // It has its input already.
    } else if (plan.in) {
      Pipe pipe = make_pipe();
      theirs[0] = std::move(pipe.read);
      input_ = std::move(pipe.write);
      set_nonblocking(input_.get());
    } else {
      theirs[0] = null_device(O_RDONLY);
    }
    const std::array<bool, 2> wanted{plan.out, plan.err && !tty_};
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (!wanted[i]) {
        theirs[i + 1] = null_device(O_WRONLY);
        continue;
      }
      Pipe pipe = make_pipe();
      theirs[i + 1] = std::move(pipe.write);
      outputs_[i].fd = std::move(pipe.read);
      set_nonblocking(outputs_[i].fd.get());
    }
  }
  channel_ = attach_ ? node::ExecChannel::attach(roots, plan.uid, {plan.order.container, plan.in},
                                                 {theirs[1].get(), theirs[2].get()})
                     : node::ExecChannel::open(roots, plan.uid, plan.order,
                                               {theirs[0].get(), theirs[1].get(), theirs[2].get()});
  news_watch_ = reactor_.watch_readable(channel_->fd(), [this] { on_news(); });
  watch_output();
}

void ExecSession::on_news() {
  using Kind = node::ExecChannel::News::Kind;
  auto news = channel_->read();
  switch (news.kind) {
    case Kind::kNone:
      return;
    case Kind::kStarted:
      if (attach_) return take_container(std::move(news.terminal));
      if (news.terminal) take_terminal(std::move(news.terminal));
      return;
    case Kind::kInputOver:
      return drop_input();
    case Kind::kExited:
      status_ = exit_status(news.code);
      break;
    case Kind::kFailed:
      status_ = failure_status(attach_, news.text);
      break;
    case Kind::kLost:
      status_ = failure_status(attach_, "the pod's supervisor is gone");
      break;
  }
  news_watch_.reset();
  conclude();
}

void ExecSession::take_terminal(Fd terminal) {
  set_nonblocking(terminal.get());
  // Two descriptors: each has a watch of its own.
  input_ = terminal.duplicate();
  outputs_[0].fd = std::move(terminal);
  set_window();
  watch_output();
  write_input();
}

/// Attached: `input` is what there is to write to, and a terminal where it has one.
void ExecSession::take_container(Fd input) {
  if (input && tty_) {
    terminal_ = input.duplicate();
    set_window();
  }
  if (!input || !wants_input_) return drop_input();
  set_nonblocking(input.get());
  input_ = std::move(input);
  write_input();
}

void ExecSession::resize(unsigned short width, unsigned short height) {
  window_ = Window{width, height};
  set_window();
}

void ExecSession::set_window() {
  const Fd& terminal = attach_ ? terminal_ : outputs_[0].fd;
  if (!tty_ || !terminal || !window_) return;
  winsize size{};
  size.ws_col = window_->width;
  size.ws_row = window_->height;
  // A terminal whose processes are gone needs no size.
  (void)::ioctl(terminal.get(), TIOCSWINSZ, &size);
}

void ExecSession::watch_output() {
  if (held_back_) return;
  for (Output& output : outputs_) {
    if (!output.fd || output.watch) continue;
    output.watch =
        reactor_.watch_readable(output.fd.get(), [this, &output] { read_output(output); });
  }
}

void ExecSession::read_output(Output& output) {
  std::array<char, kChunk> buffer;
  const ssize_t count = ::read(output.fd.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {  // a terminal's end is EIO
    output.watch.reset();
    output.fd.reset();
    return conclude();
  }
  if (wants_output_ || output.stream == ExecStream::kStderr) {
    wire_.send(output.stream, {buffer.data(), static_cast<std::size_t>(count)});
  }
  if (wire_.queued() < kMaxQueued || held_back_) return;
  held_back_ = true;
  for (Output& each : outputs_) each.watch.reset();
  wire_.when_drained([this] {
    held_back_ = false;
    watch_output();
  });
}

void ExecSession::input(std::string_view bytes) {
  if (input_ended_ || input_dropped_ || finished_) return;
  pending_.append(bytes);
  write_input();
}

void ExecSession::end_input() {
  if (std::exchange(input_ended_, true)) return;
  // A terminal has no end of its own to close.
  if (tty_ && !attach_ && !input_dropped_) pending_ += kEndOfTransmission;
  write_input();
}

void ExecSession::write_input() {
  if (input_dropped_) return;
  while (input_ && !pending_.empty()) {
    const ssize_t count = ::write(input_.get(), pending_.data(), pending_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return drop_input();
    if (count <= 0) break;
    pending_.erase(0, static_cast<std::size_t>(count));
  }
  if (pending_.empty()) {
    input_watch_.reset();
    if (input_ && input_ended_ && (attach_ || !tty_)) return input_done();
  } else if (input_ && !input_watch_) {
    input_watch_ = reactor_.watch_writable(input_.get(), [this] { write_input(); });
  }
  const bool much = pending_.size() > kMaxPending;
  if (much == input_paused_) return;
  input_paused_ = much;
  wire_.pause_input(much);
}

/// All of it was written. An attached client that ends its input detaches, but from a container
/// whose input ends with it, as under containerd (internal/cri/io, Attach).
void ExecSession::input_done() {
  drop_input();
  if (!attach_) return;
  if (once_ && !tty_) return channel_->end_input();
  news_watch_.reset();
  channel_.reset();
  for (Output& output : outputs_) {
    output.watch.reset();
    output.fd.reset();
  }
  status_ = exit_status(0);
  conclude();
}

/// Nobody reads it any more, or all of it was written.
void ExecSession::drop_input() {
  input_dropped_ = true;
  input_watch_.reset();
  input_.reset();
  pending_.clear();
  if (std::exchange(input_paused_, false)) wire_.pause_input(false);
}

void ExecSession::conclude() {
  if (!status_ || finished_) return;
  for (const Output& output : outputs_) {
    if (output.fd) return;
  }
  finished_ = true;
  drop_input();
  wire_.send(ExecStream::kError, *status_);
  wire_.finish();
}

}  // namespace podrun::daemon
