// What a client that is attached to a container sees.
#include <gtest/gtest.h>

#include <string>

#include "daemon_fake_wire.h"
#include "supervisor/daemon/attach_session.h"
#include "supervisor/daemon/exec_session.h"
#include "supervisor/pod/cri_log.h"
#include "tests/support/poll_reactor.h"
#include "tests/support/temp_dir.h"

namespace podrun::daemon {
namespace {

class Attached : public testing::Test {
 protected:
  void write(const std::string& text, pod::LogStream stream = pod::LogStream::kStdout) {
    log_.write(stream, text, clock_.wall());
  }
  bool sees(const std::string& text, ExecStream stream = ExecStream::kStdout) {
    return reactor_.run_until([&] { return wire_.on(stream) == text; });
  }

  test::TempDir folder_{"podrun-attach"};
  FakeClock clock_;
  pod::CriLog log_{folder_ / "0.log"};
  test::PollReactor reactor_;
  FakeWire wire_;
  WantedStreams all_{.in = false, .out = true, .err = true, .tty = false};
};

TEST_F(Attached, SeesWhatComesNow) {
  write("before\n");
  AttachSession session(folder_ / "0.log", all_, wire_, reactor_);
  write("out\n");
  write("err\n", pod::LogStream::kStderr);
  EXPECT_TRUE(sees("out\n"));
  EXPECT_TRUE(sees("err\n", ExecStream::kStderr));
  session.input("nobody reads this");
  session.end_input();
  write("last\n");
  session.finish();
  EXPECT_EQ(wire_.on(ExecStream::kStdout), "out\nlast\n");
  EXPECT_EQ(wire_.on(ExecStream::kError), exit_status(0));
  EXPECT_TRUE(wire_.finished);
  session.finish();
  EXPECT_EQ(wire_.on(ExecStream::kError), exit_status(0));
}

TEST_F(Attached, SeesOnlyTheStreamsThatItWants) {
  all_.err = false;
  AttachSession session(folder_ / "0.log", all_, wire_, reactor_);
  write("err\n", pod::LogStream::kStderr);
  write("out\n");
  EXPECT_TRUE(sees("out\n"));
  EXPECT_EQ(wire_.on(ExecStream::kStderr), "");
}

TEST_F(Attached, IsHeldBackWhileItDoesNotRead) {
  AttachSession session(folder_ / "0.log", all_, wire_, reactor_);
  wire_.queue = kMaxQueued;
  write("out\n");
  EXPECT_TRUE(reactor_.run_until([&] { return wire_.drained != nullptr; }));
  session.finish();
  EXPECT_FALSE(wire_.finished);
  wire_.queue = 0;
  wire_.drained();
  EXPECT_EQ(wire_.on(ExecStream::kStdout), "out\n");
  EXPECT_TRUE(wire_.finished);
}

}  // namespace
}  // namespace podrun::daemon
