// A command in a container, between a client and a pod's supervisor that this test plays.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "daemon_fake_wire.h"
#include "supervisor/daemon/exec_session.h"
#include "supervisor/node/control_address.h"
#include "supervisor/pod/control_packet.h"
#include "supervisor/pod/packet_io.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/temp_dir.h"

namespace podrun::daemon {
namespace {

const ExecPlan kAll{.uid = "u1",
                    .order = {.container = "main", .command = {"sh", "-c", "x y"}, .tty = false},
                    .in = true,
                    .out = true,
                    .err = true};

ExecPlan on_terminal() {
  ExecPlan plan = kAll;
  plan.order.tty = true;
  plan.err = false;
  return plan;
}

/// What can be read now.
std::string read_some(const Fd& fd) {
  std::array<char, 4096> buffer;
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

class Exec : public testing::Test {
 protected:
  Exec() {
    // As in the daemon, which writes to commands that have closed their input.
    ::signal(SIGPIPE, SIG_IGN);
    const std::string pod = roots_.run_dir + "/pods/u1";
    make_dirs(pod);
    listener_ = node::listen_on_control(pod);
  }
  ~Exec() override { ::signal(SIGPIPE, SIG_DFL); }

  /// Begins the session and takes its order, as the supervisor does.
  void start(const ExecPlan& plan = kAll) {
    session_.emplace(roots_, plan, wire_, reactor_);
    supervisor_ = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(supervisor_.valid());
    pod::Packet packet;
    ASSERT_EQ(pod::receive_packet(supervisor_.get(), packet), pod::Received::kPacket);
    order_ = pod::parse_exec(packet.text);
    streams_ = std::move(packet.fds);
  }
  void start_on_terminal() {
    start(on_terminal());
    int master = -1, slave = -1;
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
    terminal_ = Fd(slave);
    termios raw{};
    ::tcgetattr(slave, &raw);
    ::cfmakeraw(&raw);
    ::tcsetattr(slave, TCSANOW, &raw);
    const Fd given(master);
    tell("started", {given.get()});
  }
  void start_attached(bool once) {
    ExecPlan plan = kAll;
    plan.attach = true;
    plan.once = once;
    start(plan);
    EXPECT_EQ(streams_.size(), 2U);
  }
  /// The container's end of it.
  Fd give_input() {
    Pipe pipe = make_pipe();
    tell("started", {pipe.write.get()});
    return std::move(pipe.read);
  }
  bool told_end() {
    pollfd there{supervisor_.get(), POLLIN, 0};
    if (::poll(&there, 1, 0) != 1) return false;
    pod::Packet packet;
    return pod::receive_packet(supervisor_.get(), packet) == pod::Received::kPacket &&
           packet.text == "end";
  }
  void tell(const std::string& packet, const std::vector<int>& fds = {}) {
    ASSERT_TRUE(pod::send_packet(supervisor_.get(), packet, fds));
  }
  bool until(const std::function<bool()>& condition) { return reactor_.run_until(condition); }
  bool sees(const std::string& text, ExecStream stream = ExecStream::kStdout) {
    return until([&] { return wire_.on(stream) == text; });
  }
  void turn() { reactor_.run_once(std::chrono::milliseconds(0)); }
  const std::string& result() const { return wire_.on(ExecStream::kError); }

  test::TempDir folder_{"podrun-exec"};
  pod::Roots roots_{.run_dir = folder_ / "run"};
  Fd listener_, supervisor_, terminal_;
  std::optional<pod::ExecOrder> order_;
  std::vector<Fd> streams_;  // the command's ends
  test::PollReactor reactor_;
  FakeWire wire_;
  std::optional<ExecSession> session_;
};

TEST_F(Exec, OrdersTheCommandWithItsStreams) {
  start();
  ASSERT_TRUE(order_.has_value());
  EXPECT_EQ(order_->container, "main");
  EXPECT_EQ(order_->command, kAll.order.command);
  EXPECT_FALSE(order_->tty);
  EXPECT_EQ(streams_.size(), 3U);
}

TEST_F(Exec, ShowsBothOutputs) {
  start();
  tell("started");
  write_all(streams_[1].get(), "out", "stdout");
  write_all(streams_[2].get(), "err", "stderr");
  EXPECT_TRUE(sees("out"));
  EXPECT_TRUE(sees("err", ExecStream::kStderr));
  EXPECT_FALSE(wire_.finished);
}

TEST_F(Exec, TellsTheResultAfterAllOutput) {
  start();
  tell("exit 3");
  turn();
  write_all(streams_[1].get(), "last", "stdout");
  turn();
  EXPECT_FALSE(wire_.finished);  // a process that it left behind may still write
  streams_.clear();
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_EQ(wire_.on(ExecStream::kStdout), "last");
  EXPECT_EQ(result(), exit_status(3));
}

TEST_F(Exec, PassesInputOnUpToItsEnd) {
  start();
  session_->input("one ");
  session_->input("two");
  EXPECT_EQ(read_some(streams_[0]), "one two");
  session_->end_input();
  session_->input("nobody reads this");
  EXPECT_EQ(read_all(streams_[0].get()), "");
}

TEST_F(Exec, GivesTheNullDeviceForStreamsThatNobodyWants) {
  ExecPlan plan = kAll;
  plan.in = plan.err = false;
  start(plan);
  EXPECT_EQ(read_all(streams_[0].get()), "");
  write_all(streams_[2].get(), "err", "stderr");
  streams_.clear();
  tell("exit 0");
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_EQ(wire_.on(ExecStream::kStderr), "");
  EXPECT_EQ(result(), exit_status(0));
}

TEST_F(Exec, HoldsOutputBackWhileTheClientDoesNotRead) {
  start();
  wire_.queue = kMaxQueued;
  write_all(streams_[1].get(), "first", "stdout");
  EXPECT_TRUE(until([&] { return wire_.drained != nullptr; }));
  write_all(streams_[1].get(), " second", "stdout");
  write_all(streams_[2].get(), "err", "stderr");
  turn();
  EXPECT_EQ(wire_.on(ExecStream::kStdout), "first");
  EXPECT_EQ(wire_.on(ExecStream::kStderr), "");
  wire_.queue = 0;
  wire_.drained();
  EXPECT_TRUE(sees("first second"));
  EXPECT_TRUE(sees("err", ExecStream::kStderr));
}

TEST_F(Exec, PausesInputThatTheCommandDoesNotTake) {
  start();
  const std::string much(1u << 20, 'x');
  session_->input(much);
  EXPECT_TRUE(wire_.paused);
  std::size_t taken = 0;
  EXPECT_TRUE(until([&] {
    taken += read_some(streams_[0]).size();
    return taken == much.size();
  }));
  EXPECT_FALSE(wire_.paused);
}

TEST_F(Exec, DropsInputThatTheCommandNoLongerReads) {
  start();
  session_->input(std::string(1u << 20, 'x'));
  EXPECT_TRUE(wire_.paused);
  streams_[0].reset();
  EXPECT_TRUE(until([&] { return !wire_.paused; }));
  session_->input("more");
  session_->end_input();
  EXPECT_FALSE(wire_.finished);
}

TEST_F(Exec, TellsWhyTheCommandDidNotStart) {
  start();
  streams_.clear();
  tell("error exec \"sh\": No such file or directory");
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_NE(result().find("No such file or directory"), std::string::npos) << result();
  EXPECT_NE(result().find("\"code\":500"), std::string::npos) << result();
}

TEST_F(Exec, TellsWhenTheSupervisorIsGone) {
  start();
  streams_.clear();
  supervisor_.reset();
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_NE(result().find("the pod's supervisor is gone"), std::string::npos) << result();
}

TEST_F(Exec, TellsAtOnceWhenThereIsNoSupervisor) {
  listener_.reset();
  session_.emplace(roots_, kAll, wire_, reactor_);
  EXPECT_TRUE(wire_.finished);
  EXPECT_NE(result().find("reach the supervisor of pod u1"), std::string::npos) << result();
  session_->input("nobody reads this");
  session_->end_input();
}

TEST_F(Exec, AttachesToAContainerWithItsInput) {
  start_attached(/*once=*/true);
  session_->input("before ");
  const Fd stdin_end = give_input();
  write_all(streams_[0].get(), "$ ", "stdout");
  write_all(streams_[1].get(), "err", "stderr");
  EXPECT_TRUE(sees("$ "));
  EXPECT_TRUE(sees("err", ExecStream::kStderr));
  session_->input("after");
  session_->end_input();
  EXPECT_TRUE(until([&] { return told_end(); }));
  EXPECT_EQ(read_all(stdin_end.get()), "before after");
  EXPECT_FALSE(wire_.finished);  // the container answers
  tell("exit 0");
  streams_.clear();
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_EQ(result(), exit_status(0));
}

TEST_F(Exec, AnAttachedClientDetachesWithItsInput) {
  start_attached(/*once=*/false);
  const Fd stdin_end = give_input();
  turn();
  session_->input("typed");
  session_->end_input();
  EXPECT_TRUE(wire_.finished);
  EXPECT_EQ(result(), exit_status(0));
  EXPECT_EQ(read_some(stdin_end), "typed");
  EXPECT_FALSE(told_end());
}

TEST_F(Exec, AnAttachedClientMayFindTheInputOver) {
  start_attached(/*once=*/true);
  const Fd stdin_end = give_input();
  turn();
  tell("input over");
  turn();
  EXPECT_EQ(read_all(stdin_end.get()), "");
  session_->input("nobody reads this");
  session_->end_input();
  EXPECT_FALSE(wire_.finished);
}

TEST_F(Exec, ATerminalIsOneStreamBothWays) {
  start_on_terminal();
  ASSERT_TRUE(order_.has_value());
  EXPECT_TRUE(order_->tty);
  EXPECT_EQ(streams_.size(), 0U);
  session_->input("typed");  // before it is there
  write_all(terminal_.get(), "shown", "the terminal");
  EXPECT_TRUE(sees("shown"));
  EXPECT_EQ(read_some(terminal_), "typed");
  session_->end_input();
  EXPECT_EQ(read_some(terminal_), "\4");
  terminal_.reset();
  tell("exit 130");
  EXPECT_TRUE(until([&] { return wire_.finished; }));
  EXPECT_EQ(result(), exit_status(130));
}

TEST_F(Exec, ATerminalGetsTheClientsSize) {
  start_on_terminal();
  resize_session(*session_, R"({"Width":80,"Height":24})");  // before it is there
  const auto has_size = [&](unsigned short width, unsigned short height) {
    return until([&] {
      winsize size{};
      return ::ioctl(terminal_.get(), TIOCGWINSZ, &size) == 0 && size.ws_col == width &&
             size.ws_row == height;
    });
  };
  EXPECT_TRUE(has_size(80, 24));
  resize_session(*session_, R"({"Width":100000,"Height":50})");
  EXPECT_TRUE(has_size(0xffff, 50));
  for (const char* none : {"", "[1]", R"({"Width":-1)", R"("80x24")"}) {
    resize_session(*session_, none);
  }
  EXPECT_TRUE(has_size(0xffff, 50));
  resize_session(*session_, R"({"Width":-1,"Height":"24"})");
  EXPECT_TRUE(has_size(0, 0));
}

TEST_F(Exec, EndsQuietlyWithItsClient) {
  start();
  session_->input(std::string(1u << 20, 'x'));
  session_.reset();
  EXPECT_FALSE(wire_.finished);
  EXPECT_EQ(result(), "");
  pod::Packet packet;
  EXPECT_EQ(pod::receive_packet(supervisor_.get(), packet), pod::Received::kEnd);
}

}  // namespace
}  // namespace podrun::daemon
