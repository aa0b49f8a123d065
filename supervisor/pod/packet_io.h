// Packets with descriptors over a SOCK_SEQPACKET socket: for both ends of the control socket.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"

namespace podrun::pod {

struct Packet {
  std::string text;
  std::vector<Fd> fds;  // close-on-exec
};
enum class Received { kPacket, kNothing, kEnd };

/// One packet, without waiting where the socket does not block; an empty one is the end, and so is
/// one that is longer than kMaxPacket.
Received receive_packet(int socket, Packet& packet);
/// False where it cannot be sent now or ever.
bool send_packet(int socket, std::string_view text, const std::vector<int>& fds);

}  // namespace podrun::pod
