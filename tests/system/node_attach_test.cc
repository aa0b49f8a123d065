// Input and terminals of real containers, as an attached client has them.
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/files.h"
#include "node_agent_fixture.h"
#include "supervisor/node/exec_channel.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

/// A client of the supervisor.
class Client {
 public:
  Client(const pod::Roots& roots, const std::string& uid, bool input) {
    Pipe out = make_pipe(O_NONBLOCK), err = make_pipe(O_NONBLOCK);
    channel_ =
        node::ExecChannel::attach(roots, uid, {"main", input}, {out.write.get(), err.write.get()});
    out_ = std::move(out.read);
    EXPECT_TRUE(poll_until([&] {
      auto news = channel_->read();
      input_ = std::move(news.terminal);
      return news.kind == node::ExecChannel::News::Kind::kStarted;
    }));
  }
  void write(const std::string& text) const { write_all(input_.get(), text, "the input"); }
  const Fd& input() const { return input_; }
  void end_input() {
    input_.reset();
    channel_->end_input();
  }
  bool sees(const std::string& text) {
    return poll_until([&] {
      std::array<char, 4096> buffer;
      const ssize_t count = ::read(out_.get(), buffer.data(), buffer.size());
      if (count > 0) seen_.append(buffer.data(), static_cast<std::size_t>(count));
      return seen_.find(text) != std::string::npos;
    });
  }
  const std::string& seen() const { return seen_; }

 private:
  std::optional<node::ExecChannel> channel_;
  Fd out_, input_;
  std::string seen_;
};

class NodeAttach : public NodeAgentTest {
 protected:
  std::string run(const std::string& script, const Json& more,
                  const std::string& policy = "Always") {
    const std::string uid = create("box", script, policy, 0, more);
    EXPECT_TRUE(until([&] { return container("box").value("ready", false); })) << log_;
    return uid;
  }
};

const Json kInput = {{"stdin", true}};
const Json kInputOnce = {{"stdin", true}, {"stdinOnce", true}};
const Json kTerminal = {{"stdin", true}, {"tty", true}};

TEST_F(NodeAttach, AnInputWaitsForClientsAndEndsWithTheFirst) {
  const std::string uid = run("cat; echo over; exit 4", kInputOnce, "Never");
  {
    Client client(roots(), uid, true);
    client.write("hello\n");
    EXPECT_TRUE(client.sees("hello\n")) << client.seen();
    client.end_input();
    EXPECT_TRUE(client.sees("over\n")) << client.seen();
  }
  EXPECT_TRUE(until_phase("box", "Failed")) << log_;
  EXPECT_EQ(container("box")["state"]["terminated"]["exitCode"], 4);
}

TEST_F(NodeAttach, AnInputOutlivesItsClientsWithoutOnce) {
  const std::string uid = run("printf '? '; cat", kInput);
  { Client(roots(), uid, true).end_input(); }
  Client one(roots(), uid, true), two(roots(), uid, true);
  one.write("from one");
  EXPECT_TRUE(two.sees("from one")) << two.seen();  // without a line's end
  two.write("from two");
  EXPECT_TRUE(one.sees("from two")) << one.seen();
  EXPECT_EQ(container("box")["restartCount"], 0);
}

TEST_F(NodeAttach, ATerminalHasASizeAndIsTheConsole) {
  const std::string uid =
      run("test -t 0 && test -t 1 && test -t 2 && test -c /dev/console || exit 9; "
          "printf 'prompt> '; while read line; do case $line in size) stty size;; quit) exit;; "
          "console) echo said > /dev/console;; fds) ls /proc/self/fd | wc -w;; esac; done",
          kTerminal);
  Client client(roots(), uid, true);
  winsize size{};
  size.ws_col = 99;
  size.ws_row = 33;
  ASSERT_EQ(::ioctl(client.input().get(), TIOCSWINSZ, &size), 0);
  client.write("size\n");
  EXPECT_TRUE(client.sees("33 99\r\n")) << client.seen();
  client.write("console\n");
  EXPECT_TRUE(client.sees("said\r\n")) << client.seen();
  // Standard streams and the one of the folder: nothing of the supervisor's.
  client.write("fds\n");
  EXPECT_TRUE(client.sees("\n4\r\n")) << client.seen();
  const std::string log = home_.logs() + "/default_box_" + uid + "/main/0.log";
  EXPECT_TRUE(poll_until([&] {
    return read_file_if_exists(log).value_or("").find("stdout F 33 99") != std::string::npos;
  }));
}

TEST_F(NodeAttach, ARestartedContainerHasANewInput) {
  for (const Json& more : {kInput, kTerminal}) {
    const std::string uid = run("read word; echo got $word; exec cat", more);
    {
      Client client(roots(), uid, true);
      client.write("first\n");
      EXPECT_TRUE(client.sees("got first")) << client.seen();
      const std::string first = first_process(uid);
      ASSERT_NE(first, "");
      ::kill(std::stoi(first.substr(first.rfind('/') + 1)), SIGKILL);
    }
    ASSERT_TRUE(until([&] {
      return container("box").value("restartCount", 0) == 1 &&
             container("box").value("ready", false);
    })) << log_;
    Client client(roots(), uid, true);
    client.write("second\n");
    EXPECT_TRUE(client.sees("got second")) << client.seen();
    remove_and_wait("box", 0);
  }
}

TEST_F(NodeAttach, NobodyWaitsForAContainerThatDoesNotRead) {
  for (const char* script :
       {"exec 0<&-; while :; do sleep 0.1; done", "while :; do sleep 0.1; done"}) {
    const std::string uid = run(script, kInput);
    Client client(roots(), uid, true);
    ::fcntl(client.input().get(), F_SETFL, O_NONBLOCK);
    ::signal(SIGPIPE, SIG_IGN);
    const std::string much(1u << 20, 'x');
    EXPECT_LT(::write(client.input().get(), much.data(), much.size()), 1 << 20);
    ::signal(SIGPIPE, SIG_DFL);
    Pipe out = make_pipe();
    const Fd null = open_path("/dev/null", O_RDWR);
    auto channel = node::ExecChannel::open(roots(), uid, {"main", {"echo", "alive"}, false},
                                           {null.get(), out.write.get(), null.get()});
    out.write.reset();
    EXPECT_EQ(read_all(out.read.get()), "alive\n");
    remove_and_wait("box", 0);
  }
}

TEST_F(NodeAttach, AClientThatDoesNotReadHoldsTheOutputBackAndLosesNothing) {
  const std::string uid = run("read word; seq 1 200000; echo done", kInputOnce, "Never");
  Client client(roots(), uid, true);
  client.write("go\n");
  ASSERT_TRUE(client.sees("\n1000\n"));
  EXPECT_TRUE(client.sees("\n200000\ndone\n"));
  EXPECT_TRUE(until_phase("box", "Succeeded")) << log_;
}

}  // namespace
}  // namespace podrun::test
