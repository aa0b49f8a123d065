#include "runtime/birth.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "runtime/birth_impl.h"
#include "runtime/clone.h"
#include "runtime/describe.h"

namespace podrun::runtime {

namespace {

/// The signal that ended an unreaped child, 0 where that is not known yet.
int signal_of_dead(pid_t pid) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED ? info.si_status : 0;
}

}  // namespace

void Birth::Impl::begin(PlanWriter& writer, int fault_step) {
  plan = writer.finish();
  if (fault_step >= 0) plan->fault_step = static_cast<std::uint32_t>(fault_step);
  const std::vector<Fd> needed = writer.take_held();  // until the child has its copies
  notes = writer.take_notes();
  terminal_socket = std::move(writer.terminal_socket);
  report = make_pipe(O_NONBLOCK);
  plan->report_fd = report.write.get();
  clone_from_plan(*plan);
  report.write.reset();
  if (plan->pid > 0) {
    process = podrun::Process(plan->pid, Fd(plan->pidfd));
  } else {
    failure = describe_failure(*plan);
    state = State::kFailed;
  }
}

void Birth::Impl::receive_terminal() {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(terminal_socket.get(), &message, MSG_CMSG_CLOEXEC) <= 0) return;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return;
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  terminal = Fd(fd);
}

/// The last writer of the pipe is gone: the child ended, or execve closed it.
void Birth::Impl::finish() {
  const std::uint32_t count = plan->cut_short_count.load(std::memory_order_acquire);
  for (std::uint32_t i = 0; i < count && i < Plan::kMaxCutShort; ++i)
    notes.push_back(
        describe_cut_short(plan->steps[plan->cut_short[i].step], plan->cut_short[i].error));
  const bool at_last_step = plan->step.load(std::memory_order_acquire) + 1 == plan->step_count;
  if (plan->failed.load(std::memory_order_acquire) != 0) {
    failure = describe_failure(*plan);
    state = State::kFailed;
  } else if (at_last_step) {
    if (terminal_socket) receive_terminal();
    state = State::kRunning;
  } else {
    failure = describe_death(*plan, signal_of_dead(process.pid()));
    state = State::kFailed;
  }
}

Birth::State Birth::Impl::advance() {
  while (state == State::kBorn || state == State::kParked) {
    char bytes[8];
    const ssize_t size = ::read(report.read.get(), bytes, sizeof bytes);
    if (size == 0) finish();
    if (size < 0 && errno != EINTR) break;
    if (size > 0 && plan->parked.load(std::memory_order_acquire) != 0) state = State::kParked;
  }
  return state;
}

void Birth::Impl::release() {
  state = State::kBorn;
  plan->released.store(1, std::memory_order_release);
  ::syscall(SYS_futex, &plan->released, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

Birth::Impl::~Impl() {
  if (!process.valid() || state == State::kRunning) return;
  try {
    process.signal(SIGKILL);
    process.reap();
  } catch (const Error&) {  // somebody else reaped it
  }
}

Birth::Birth() = default;
Birth::Birth(Birth&&) noexcept = default;
Birth& Birth::operator=(Birth&&) noexcept = default;
Birth::~Birth() = default;

int Birth::report_fd() const { return impl_->report.read.get(); }

Birth::State Birth::advance() { return impl_->advance(); }
void Birth::release() { impl_->release(); }
Birth::State Birth::state() const { return impl_->state; }

Birth::State Birth::wait() {
  while (true) {
    const State now = advance();
    if (now != State::kBorn) return now;
    pollfd one{report_fd(), POLLIN, 0};
    ::poll(&one, 1, -1);
  }
}

const podrun::Process& Birth::process() const { return impl_->process; }
podrun::Process Birth::take_process() { return std::move(impl_->process); }
Fd Birth::take_terminal() { return std::move(impl_->terminal); }
const BirthFailure& Birth::failure() const { return impl_->failure; }
const std::vector<std::string>& Birth::notes() const { return impl_->notes; }

}  // namespace podrun::runtime
