// One forwarded connection: between a client's stream and a port of a pod's loopback.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "supervisor/node/reactor.h"

namespace podrun::daemon {

/// Makes a socket in the pod's network, of AF_INET or AF_INET6, that does not block; throws Error.
using PodSocket = std::function<Fd(int family)>;

/// The client's side of one connection.
class ForwardWire {
 public:
  virtual ~ForwardWire() = default;
  virtual void send(std::string_view bytes) = 0;
  /// The connection is over, for the reason that `why` gives, if any. The last call.
  virtual void over(const std::string& why) = 0;
  /// Bytes that the client has not taken yet: much holds the pod's output back until resume().
  virtual std::size_t queued() const = 0;
  virtual void ask_to_resume() = 0;
  /// Input that the pod does not take is not to be read from the client.
  virtual void pause_input(bool paused) = 0;
};

class Forward {
 public:
  /// Connects to the port over IPv4, then over IPv6. `wire` and `reactor` outlive it.
  Forward(PodSocket make_socket, std::uint16_t port, ForwardWire& wire, node::Reactor& reactor);
  Forward(const Forward&) = delete;
  Forward& operator=(const Forward&) = delete;

  /// From the client.
  void input(std::string_view bytes);
  void end_input();
  void resume();

 private:
  void try_family(int family);
  void on_connected();
  void refused(int error);
  void connected();
  void read_output();
  void write_input();
  void end(const std::string& why);

  PodSocket make_socket_;
  std::uint16_t port_;
  ForwardWire& wire_;
  node::Reactor& reactor_;
  Fd socket_;
  int family_ = AF_INET;
  std::string refusals_;  // of the families that were tried
  bool connected_ = false, over_ = false;
  std::string pending_;  // input that the pod has not taken yet
  bool input_ended_ = false, input_paused_ = false;
  node::Reactor::Watch output_watch_, input_watch_;
};

}  // namespace podrun::daemon
