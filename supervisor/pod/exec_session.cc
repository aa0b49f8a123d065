#include "supervisor/pod/exec_session.h"

#include <signal.h>
#include <sys/epoll.h>

#include <utility>

namespace podrun::pod {

ExecSession::ExecSession(Loop& loop, Reaper& reaper, const ExecTarget& target, ExecRequest request,
                         ExecReply reply, std::function<void()> over)
    : loop_(loop),
      reaper_(reaper),
      reply_(std::move(reply)),
      over_(std::move(over)),
      streams_(std::move(request.streams)) {
  runtime::Process process = target.spec.process;
  process.args = std::move(request.command);
  process.terminal = request.tty;
  runtime::Stdio stdio;
  if (streams_.size() == 3) stdio = {streams_[0].get(), streams_[1].get(), streams_[2].get()};
  birth_ = runtime::Launcher::exec(target.place, target.process, target.spec, process, stdio);
  report_watch_ = loop_.watch(birth_.report_fd(), EPOLLIN, [this](std::uint32_t) { on_report(); });
}

ExecSession::~ExecSession() {
  report_watch_.reset();
  exit_watch_.reset();
  if (!process_.valid()) return;
  ::kill(-process_.pid(), SIGKILL);  // it leads its own session
  process_.signal(SIGKILL);
  reaper_.adopt(std::move(process_));
}

void ExecSession::on_report() {
  const auto state = birth_.advance();
  if (state == runtime::Birth::State::kFailed) {
    report_watch_.reset();
    reply_("error " + birth_.failure().text, -1);
    const auto over = over_;
    over();
    return;
  }
  if (state != runtime::Birth::State::kRunning) return;
  report_watch_.reset();
  // The client reads end-of-file when the process closes its end: no copy stays here.
  streams_.clear();
  process_ = birth_.take_process();
  const Fd terminal = birth_.take_terminal();
  reply_("started", terminal.get());
  exit_watch_ = loop_.watch(process_.pidfd(), EPOLLIN, [this](std::uint32_t) { on_exit(); });
}

void ExecSession::on_exit() {
  ExitStatus status;
  if (!process_.try_reap(status)) return;
  exit_watch_.reset();
  process_ = Process();
  reply_("exit " + std::to_string(status.shell_code()), -1);
  const auto over = over_;
  over();
}

}  // namespace podrun::pod
