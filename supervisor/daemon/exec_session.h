// A command in a container, or the container itself (attach), with its client: output goes out as
// fast as the client takes it, input in as fast as the command takes it, and the result at the end.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "supervisor/daemon/exec_wire.h"
#include "supervisor/node/exec_channel.h"
#include "supervisor/node/reactor.h"

namespace podrun::daemon {

/// What the client asked for.
struct ExecPlan {
  std::string uid;       // the pod's
  pod::ExecOrder order;  // attached: without a command, `tty` is the container's
  bool attach = false;
  bool once = false;                          // attached: stdinOnce
  bool in = false, out = false, err = false;  // the streams it wants; `err` never with a tty
};

class ExecSession final : public WireSession {
 public:
  /// `wire` and `reactor` outlive it. A command that cannot be started is told to the client.
  ExecSession(const pod::Roots& roots, const ExecPlan& plan, ExecWire& wire,
              node::Reactor& reactor);
  ExecSession(const ExecSession&) = delete;
  ExecSession& operator=(const ExecSession&) = delete;

  /// From the client.
  void input(std::string_view bytes) override;
  void end_input() override;
  void resize(unsigned short width, unsigned short height) override;

 private:
  struct Output {
    ExecStream stream;
    Fd fd;
    node::Reactor::Watch watch;
  };

  void start(const pod::Roots& roots, const ExecPlan& plan);
  void on_news();
  void take_terminal(Fd terminal);
  void take_container(Fd input);
  void set_window();

  void watch_output();
  void read_output(Output& output);
  void write_input();
  void drop_input();
  void input_done();
  /// Tells the result once there is one and all output was read.
  void conclude();

  ExecWire& wire_;
  node::Reactor& reactor_;
  bool tty_, attach_, once_, wants_input_, wants_output_;
  std::optional<node::ExecChannel> channel_;
  node::Reactor::Watch news_watch_;
  std::array<Output, 2> outputs_{Output{ExecStream::kStdout, {}, {}},
                                 Output{ExecStream::kStderr, {}, {}}};
  bool held_back_ = false;  // the client has much unread

  Fd input_;
  std::string pending_;  // input that the command has not taken yet
  bool input_ended_ = false, input_dropped_ = false, input_paused_ = false;
  node::Reactor::Watch input_watch_;

  struct Window {
    unsigned short width, height;
  };
  std::optional<Window> window_;
  Fd terminal_;                        // the attached container's, for its size
  std::optional<std::string> status_;  // the result, as metav1.Status
  bool finished_ = false;
};

/// The client's {"Width":80,"Height":24}; ignored where it is none.
void resize_session(WireSession& session, std::string_view json);

/// The metav1.Status of a command that ended with `code`, as kubelet tells it.
std::string exit_status(int code);

}  // namespace podrun::daemon
