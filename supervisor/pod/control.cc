#include "supervisor/pod/control.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/error.h"

namespace podrun::pod {

Control::Control(Loop& loop, const ControlFds& fds, Starter& starter, ControlHandlers handlers)
    : starter_(starter),
      handler_(handlers.order),
      control_(fds.pipe),
      socket_(loop, fds.socket, std::move(handlers)) {
  // SIGPIPE is blocked for good: a client's pipe may end at any time.
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGPIPE}) ::sigaddset(&set, number);
  if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) throw_errno("block signals");
  ::sigdelset(&set, SIGPIPE);
  signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throw_errno("make a signalfd");
  signal_watch_ = loop.watch(signals_.get(), EPOLLIN, [this](std::uint32_t) { on_signal(); });
  if (control_) {
    control_watch_ = loop.watch(control_.get(), EPOLLIN, [this](std::uint32_t) { on_control(); });
  }
}

void Control::on_control() {
  char order = 0;
  const Received received = starter_.receive(order);
  if (received == Received::kNothing) return;
  if (received == Received::kEnd) {
    control_watch_.reset();
    handler_({});
    return;
  }
  if (order == 'T') handler_({});
  if (order == 'K') handler_({ControlRequest::Kind::kKill, std::nullopt});
}

void Control::on_signal() {
  signalfd_siginfo info{};
  if (::read(signals_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return;
  const bool kill = info.ssi_signo == SIGQUIT || (info.ssi_signo == SIGTERM && term_seen_);
  term_seen_ = term_seen_ || info.ssi_signo == SIGTERM;
  using Kind = ControlRequest::Kind;
  handler_({kill ? Kind::kKill : Kind::kTerminate, std::nullopt});
}

}  // namespace podrun::pod
