// Clients attached to a container: what they get, what they hold back, and whose input it is.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "base/files.h"
#include "supervisor/pod/attachments.h"
#include "supervisor/pod/packet_io.h"

namespace podrun::pod {
namespace {

/// The client's side.
struct Viewer {
  Fd connection, out, err;

  std::string told() const {
    Packet packet;
    const Received received = receive_packet(connection.get(), packet);
    return received == Received::kEnd ? "(end)" : received == Received::kNothing ? "" : packet.text;
  }
};

std::string read_some(const Fd& fd) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
  return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

class Attached : public ::testing::Test {
 protected:
  Attached() {
    // As in the supervisor.
    ::signal(SIGPIPE, SIG_IGN);
    Pipe pipe = make_pipe();
    stdin_ = std::move(pipe.read);
    input_ = std::move(pipe.write);
  }
  ~Attached() override { ::signal(SIGPIPE, SIG_DFL); }

  Viewer attach(bool input = false) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
              0);
    Pipe out = make_pipe(), err = make_pipe();
    AttachRequest request{{"main", input}, {}, Fd(ends[1])};
    request.outputs.push_back(std::move(out.write));
    request.outputs.push_back(std::move(err.write));
    clients_.add(std::move(request));
    return {Fd(ends[0]), std::move(out.read), std::move(err.read)};
  }
  void turn() { loop_.run_once(clock_.now()); }

  FakeClock clock_;
  Loop loop_{clock_};
  Fd stdin_, input_;
  int resumed_ = 0;
  Attachments clients_{
      loop_, clock_, {.input = input_, .tty = false, .once = true}, [this] { ++resumed_; }};
};

TEST_F(Attached, SeeTheSameAndUnfinishedLinesToo) {
  const Viewer one = attach(), two = attach();
  EXPECT_EQ(one.told(), "started");
  clients_.put(LogStream::kStdout, "$ ");
  clients_.put(LogStream::kStderr, "err");
  for (const Viewer* viewer : {&one, &two}) {
    EXPECT_EQ(read_some(viewer->out), "$ ");
    EXPECT_EQ(read_some(viewer->err), "err");
  }
  EXPECT_FALSE(clients_.holds_back());
}

TEST_F(Attached, HoldOutputBackUntilTheyHaveReadIt) {
  const Viewer slow = attach();
  const std::string much(200000, 'x');
  clients_.put(LogStream::kStdout, much);
  EXPECT_TRUE(clients_.holds_back());
  std::size_t seen = 0;
  for (int i = 0; i < 100 && seen < much.size(); ++i) {
    seen += read_some(slow.out).size();
    turn();
  }
  EXPECT_EQ(seen, much.size());
  EXPECT_FALSE(clients_.holds_back());
  EXPECT_EQ(resumed_, 1);
  EXPECT_EQ(clients_.next_deadline(), std::nullopt);
}

TEST_F(Attached, AreSentAwayWhereTheyNeverRead) {
  const Viewer stuck = attach(), other = attach();
  EXPECT_EQ(stuck.told(), "started");
  const std::string much(70000, 'x');
  clients_.put(LogStream::kStderr, much);
  std::size_t seen = 0;
  for (int i = 0; i < 100 && seen < much.size(); ++i) {
    seen += read_some(other.err).size();
    turn();
  }
  EXPECT_TRUE(clients_.holds_back());
  EXPECT_EQ(clients_.next_deadline(), clock_.now() + Attachments::kStall);
  clients_.on_deadline(clock_.now());
  EXPECT_EQ(stuck.told(), "");
  clock_.advance(Attachments::kStall);
  clients_.on_deadline(clock_.now());
  EXPECT_EQ(stuck.told(), "error the client does not read");
  EXPECT_EQ(stuck.told(), "(end)");
  EXPECT_FALSE(clients_.holds_back());
  EXPECT_EQ(resumed_, 1);
  clients_.put(LogStream::kStderr, "on");
  EXPECT_EQ(read_some(other.err), "on");
}

TEST_F(Attached, HoldNothingBackOnceTheyAreGone) {
  {
    const Viewer gone = attach();
    clients_.put(LogStream::kStdout, std::string(200000, 'x'));
    EXPECT_TRUE(clients_.holds_back());
  }
  turn();
  EXPECT_FALSE(clients_.holds_back());
  EXPECT_GE(resumed_, 1);
}

TEST_F(Attached, GetAllThatWaitsWhenItIsOver) {
  const Viewer slow = attach();
  EXPECT_EQ(slow.told(), "started");
  const std::string much(300000, 'x');
  for (int i = 0; i < 100; ++i) clients_.put(LogStream::kStdout, "a line\n");
  clients_.put(LogStream::kStdout, much);
  clients_.finish();
  EXPECT_EQ(slow.told(), "exit 0");
  EXPECT_EQ(read_all(slow.out.get()).size(), 700 + much.size());
}

TEST_F(Attached, ShareAnInputThatTheFirstOneEnds) {
  const auto given = [](const Viewer& viewer) {
    Packet packet;
    EXPECT_EQ(receive_packet(viewer.connection.get(), packet), Received::kPacket);
    return std::move(packet.fds);
  };
  const Viewer reader = attach();
  EXPECT_TRUE(given(reader).empty());
  {
    const Viewer first = attach(true), second = attach(true);
    auto mine = given(first);
    auto theirs = given(second);
    ASSERT_EQ(mine.size(), 1U);
    ASSERT_EQ(theirs.size(), 1U);
    write_all(mine[0].get(), "one ", "the input");
    write_all(theirs[0].get(), "two", "the input");
    EXPECT_TRUE(send_packet(first.connection.get(), "end", {}));
    turn();
    EXPECT_EQ(second.told(), "input over");
  }
  EXPECT_EQ(read_all(stdin_.get()), "one two");
  const Viewer late = attach(true);
  EXPECT_TRUE(given(late).empty());
}

TEST_F(Attached, WithoutInputEndNone) {
  { const Viewer reader = attach(); }
  turn();
  EXPECT_TRUE(input_.valid());
  { const Viewer writer = attach(true); }
  turn();
  EXPECT_FALSE(input_.valid());
}

TEST_F(Attached, ToATerminalGetItAndLeaveIt) {
  Attachments terminal(loop_, clock_, {.input = input_, .tty = true, .once = true}, [] {});
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
            0);
  Fd here(ends[0]);
  terminal.add({{"main", true}, {}, Fd(ends[1])});
  Packet packet;
  ASSERT_EQ(receive_packet(here.get(), packet), Received::kPacket);
  EXPECT_EQ(packet.fds.size(), 1U);
  here.reset();
  turn();
  EXPECT_TRUE(input_.valid());
}

}  // namespace
}  // namespace podrun::pod
