#include "supervisor/node/exec_channel.h"

#include <cstdlib>
#include <utility>

#include "base/error.h"
#include "supervisor/node/control_address.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/packet_io.h"

namespace podrun::node {

ExecChannel ExecChannel::open(const pod::Roots& roots, const std::string& uid,
                              const pod::ExecOrder& order, const Streams& streams) {
  return ask(roots, uid, pod::exec_packet(order),
             order.tty ? std::vector<int>{} : std::vector<int>(streams.begin(), streams.end()));
}

ExecChannel ExecChannel::attach(const pod::Roots& roots, const std::string& uid,
                                const pod::AttachOrder& order, const std::array<int, 2>& outputs) {
  return ask(roots, uid, pod::attach_packet(order), {outputs.begin(), outputs.end()});
}

ExecChannel ExecChannel::ask(const pod::Roots& roots, const std::string& uid,
                             const std::string& packet, const std::vector<int>& fds) {
  ExecChannel channel;
  channel.socket_ = connect_control(pod::pod_folder(roots, uid));
  if (!channel.socket_) throw_errno("reach the supervisor of pod " + uid);
  if (!pod::send_packet(channel.socket_.get(), packet, fds)) {
    throw_errno("ask the supervisor of pod " + uid);
  }
  return channel;
}

/// Where the supervisor is gone, the channel's end tells.
void ExecChannel::end_input() { (void)pod::send_packet(socket_.get(), "end", {}); }

ExecChannel::News ExecChannel::read() {
  using Kind = News::Kind;
  News news;
  pod::Packet packet;
  const pod::Received received = pod::receive_packet(socket_.get(), packet);
  if (received == pod::Received::kNothing) return news;
  if (received == pod::Received::kEnd) {
    news.kind = Kind::kLost;
  } else if (packet.text == "started") {
    news.kind = Kind::kStarted;
    if (!packet.fds.empty()) news.terminal = std::move(packet.fds.front());
  } else if (packet.text == "input over") {
    news.kind = Kind::kInputOver;
  } else if (packet.text.starts_with("exit ")) {
    news.kind = Kind::kExited;
    news.code = std::atoi(packet.text.c_str() + 5);
  } else {
    news.kind = Kind::kFailed;
    news.text = packet.text.starts_with("error ") ? packet.text.substr(6) : packet.text;
  }
  return news;
}

}  // namespace podrun::node
