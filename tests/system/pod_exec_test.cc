// Commands in a running container, as the supervisor starts them and tells of them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/exec_session.h"
#include "tests/support/poll.h"
#include "tests/support/runtime_box.h"

namespace podrun::pod {
namespace {

class Exec : public testing::Test {
 protected:
  ~Exec() override {
    session_.reset();
    // It is the first of its pid namespace: it ends once all others there were reaped.
    first_.signal(SIGKILL);
    EXPECT_TRUE(test::poll_until([&] {
      loop_.run_once(clock_.now());
      ExitStatus ignored;
      return first_.try_reap(ignored);
    }));
  }

  /// The command's ends of three pipes; the test keeps the others.
  std::vector<Fd> pipes() {
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    in_ = std::move(in.write);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    std::vector<Fd> streams;
    streams.push_back(std::move(in.read));
    streams.push_back(std::move(out.write));
    streams.push_back(std::move(err.write));
    return streams;
  }
  void start(std::vector<std::string> command, std::vector<Fd> streams, bool tty = false) {
    session_ = std::make_unique<ExecSession>(
        loop_, reaper_, ExecTarget{box_.place(), first_, spec_},
        ExecRequest{"main", std::move(command), tty, std::move(streams)},
        [this](const std::string& packet, int fd) {
          told_.push_back(packet);
          if (fd >= 0) terminal_ = Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        },
        [this] { session_.reset(); });
  }
  void sh(const std::string& script) { start({"/bin/sh", "-c", script}, pipes()); }
  bool turn_until_told(std::size_t packets) {
    return test::poll_until([&] {
      loop_.run_once(clock_.now());
      return told_.size() >= packets;
    });
  }

  using Told = std::vector<std::string>;
  test::Box box_;
  runtime::Spec spec_ = box_.spec("exec sleep 1000");
  Process first_ = box_.start(spec_);
  SystemClock clock_;
  Loop loop_{clock_};
  Reaper reaper_{loop_};
  Fd in_, out_, err_, terminal_;
  Told told_;
  std::unique_ptr<ExecSession> session_;
};

TEST_F(Exec, RunsWithTheClientsStreams) {
  sh("cat; echo err >&2; exit 3");
  ASSERT_TRUE(turn_until_told(1));
  write_all(in_.get(), "in", "stdin");
  in_.reset();
  EXPECT_TRUE(turn_until_told(2));
  EXPECT_EQ(told_, (Told{"started", "exit 3"}));
  EXPECT_EQ(session_, nullptr);
  // To their ends: no copy stayed with the supervisor.
  EXPECT_EQ(read_all(out_.get()), "in");
  EXPECT_EQ(read_all(err_.get()), "err\n");
}

TEST_F(Exec, HasTheContainersEnvironmentAndNamespaces) {
  sh("echo $BOX; readlink /proc/self/ns/uts");
  EXPECT_TRUE(turn_until_told(2));
  const std::string ns = "/proc/" + std::to_string(first_.pid()) + "/ns/uts";
  EXPECT_EQ(read_all(out_.get()),
            box_.name() + "\n" + std::filesystem::read_symlink(ns).string() + "\n");
}

TEST_F(Exec, TellsADeathByASignalAsAShellDoes) {
  sh("kill -9 $$");
  EXPECT_TRUE(turn_until_told(2));
  EXPECT_EQ(told_, (Told{"started", "exit 137"}));
}

TEST_F(Exec, TellsWhyACommandDoesNotStart) {
  start({"no-such-command"}, pipes());
  EXPECT_TRUE(turn_until_told(1));
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_TRUE(told_[0].starts_with("error ")) << told_[0];
  EXPECT_NE(told_[0].find("no-such-command"), std::string::npos) << told_[0];
  EXPECT_EQ(session_, nullptr);
  EXPECT_EQ(read_all(out_.get()), "");
}

TEST_F(Exec, RefusesNoCommandAtOnce) {
  EXPECT_THROW(start({}, pipes()), Error);
  EXPECT_EQ(told_, Told{});
}

TEST_F(Exec, GivesTheClientTheTerminal) {
  start({"/bin/sh", "-c", "tty; read word; echo got $word"}, {}, true);
  ASSERT_TRUE(turn_until_told(1));
  ASSERT_TRUE(terminal_.valid());
  write_all(terminal_.get(), "it\n", "the terminal");
  EXPECT_TRUE(turn_until_told(2));
  EXPECT_EQ(told_, (Told{"started", "exit 0"}));
  std::string shown(4096, '\0');
  shown.resize(static_cast<std::size_t>(
      std::max<ssize_t>(::read(terminal_.get(), shown.data(), shown.size()), 0)));
  EXPECT_NE(shown.find("/dev/pts/"), std::string::npos) << shown;
  EXPECT_NE(shown.find("got it"), std::string::npos) << shown;
}

TEST_F(Exec, KillsTheWholeSessionWhereItEndsFirst) {
  sh("sleep 1000 & sleep 1000");
  ASSERT_TRUE(turn_until_told(1));
  session_.reset();
  EXPECT_EQ(read_all(out_.get()), "");  // ends with the last process that holds it
  EXPECT_EQ(told_, Told{"started"});
}

}  // namespace
}  // namespace podrun::pod
