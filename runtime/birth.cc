#include "runtime/birth.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "runtime/birth_impl.h"
#include "runtime/clone.h"
#include "runtime/describe.h"

namespace podrun::runtime {

namespace {

bool poll_in(int fd, int timeout_ms) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) > 0;
}

/// The signal that ended an unreaped child, 0 where that is not known yet.
int signal_of_dead(pid_t pid) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED ? info.si_status : 0;
}

}  // namespace

Birth::Impl::Impl(const Birthplace::State& place) : use(place.arena), cradle(place.cradle) {}

void Birth::Impl::begin(PlanWriter& writer, int fault_step) {
  plan = writer.finish();
  if (fault_step >= 0) plan->fault_step = static_cast<std::uint32_t>(fault_step);
  held = writer.take_held();
  notes = writer.take_notes();
  terminal_socket = std::move(writer.terminal_socket);
  report = make_pipe(O_NONBLOCK);
  plan->report_fd = report.write.get();
  if (cradle == nullptr) {
    clone_from_plan(*plan, false);
    look_for_child();
    return;
  }
  if (!cradle->alive()) throw Error(cradle->death());
  watch_cradle();
  cradle->request(*plan);
}

void Birth::Impl::watch_cradle() {
  either = Fd(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  if (!either || ::epoll_ctl(either.get(), EPOLL_CTL_ADD, report.read.get(), &event) != 0 ||
      ::epoll_ctl(either.get(), EPOLL_CTL_ADD, cradle->pidfd(), &event) != 0)
    throw_errno("watch a birth");
}

/// From kRequested to kBorn or kFailed, if the cloner has come that far.
void Birth::Impl::look_for_child() {
  const bool cradle_dead = cradle != nullptr && !cradle->alive();  // asked before the phase
  const Phase phase = plan->phase.load(std::memory_order_acquire);
  if (phase == Phase::kBorn) {
    process = podrun::Process(plan->pid, Fd(plan->pidfd));
    state = State::kBorn;
    if (cradle != nullptr) ::epoll_ctl(either.get(), EPOLL_CTL_DEL, cradle->pidfd(), nullptr);
  } else if (phase == Phase::kNotBorn) {
    failure = describe_failure(*plan);
    state = State::kFailed;
  } else if (cradle_dead) {
    failure.text = cradle->death();
    state = State::kFailed;
  } else {
    return;
  }
  report.write.reset();
  held.clear();
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
  if (state == State::kRequested) look_for_child();
  while (state == State::kBorn) {
    char bytes[8];
    const ssize_t size = ::read(report.read.get(), bytes, sizeof bytes);
    if (size == 0) finish();
    if (size < 0 && errno != EINTR) break;
  }
  return state;
}

/// Makes sure that no child appears after this.
void Birth::Impl::cancel() {
  Phase expected = Phase::kRequested;
  if (plan->phase.compare_exchange_strong(expected, Phase::kCancelled)) {
    cradle->forget(std::move(use));
    return;
  }
  constexpr int kPatience = 20;  // times 100 ms: the cradle may be throttled
  for (int i = 0; i < kPatience && state == State::kRequested; ++i) {
    poll_in(either.get(), 100);
    look_for_child();
  }
  if (state == State::kRequested) cradle->kill();
}

Birth::Impl::~Impl() {
  if (plan != nullptr && state == State::kRequested) cancel();
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

int Birth::report_fd() const {
  return impl_->either ? impl_->either.get() : impl_->report.read.get();
}

Birth::State Birth::advance() { return impl_->advance(); }
Birth::State Birth::state() const { return impl_->state; }

Birth::State Birth::wait() {
  while (true) {
    const State now = advance();
    if (now == State::kRunning || now == State::kFailed) return now;
    poll_in(report_fd(), -1);
  }
}

const podrun::Process& Birth::process() const { return impl_->process; }
podrun::Process Birth::take_process() { return std::move(impl_->process); }
Fd Birth::take_terminal() { return std::move(impl_->terminal); }
const BirthFailure& Birth::failure() const { return impl_->failure; }
const std::vector<std::string>& Birth::notes() const { return impl_->notes; }

}  // namespace podrun::runtime
