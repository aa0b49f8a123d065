// The socket on which a daemon orders: unlike the control descriptor it outlives whoever orders.
// Clients come and go without effect on the pod; docs/run-dir.md has the packets.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "supervisor/pod/attachments.h"
#include "supervisor/pod/control_packet.h"
#include "supervisor/pod/exec_session.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

/// Who does what is ordered.
struct ControlHandlers {
  std::function<void(const ControlRequest&)> order;
  std::function<void(ExecRequest, ExecReply)> exec;
  std::function<void(AttachRequest)> attach;
};

class ControlSocket {
 public:
  /// Takes over a listening SOCK_SEQPACKET socket; -1 for none.
  ControlSocket(Loop& loop, int listening_fd, ControlHandlers handlers);

 private:
  struct Client {
    Fd fd;
    Loop::Watch watch;
  };
  void on_connect();
  void on_packet(std::uint64_t id);
  void take(std::uint64_t id, const std::string& packet, std::vector<Fd> fds);
  void reply(std::uint64_t id, const std::string& packet, int fd);

  /// More clients than these are turned away: a flood takes no descriptors from the pod.
  static constexpr std::size_t kMaxClients = 64;

  Loop& loop_;
  ControlHandlers handlers_;
  Fd listener_;
  Loop::Watch listener_watch_;
  std::map<std::uint64_t, Client> clients_;
  std::uint64_t next_ = 0;
};

}  // namespace podrun::pod
