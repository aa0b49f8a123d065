#include "supervisor/pod/control_socket.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>
#include <utility>

#include "base/error.h"
#include "supervisor/pod/packet_io.h"

namespace podrun::pod {

ControlSocket::ControlSocket(Loop& loop, int listening_fd, ControlHandlers handlers)
    : loop_(loop), handlers_(std::move(handlers)), listener_(listening_fd) {
  if (!listener_) return;
  ::fcntl(listener_.get(), F_SETFD, FD_CLOEXEC);
  ::fcntl(listener_.get(), F_SETFL, O_NONBLOCK);
  listener_watch_ = loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { on_connect(); });
}

void ControlSocket::on_connect() {
  Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd || clients_.size() >= kMaxClients) return;
  const std::uint64_t id = next_++;
  Client& client = clients_[id];
  client.fd = std::move(fd);
  client.watch =
      loop_.watch(client.fd.get(), EPOLLIN, [this, id](std::uint32_t) { on_packet(id); });
}

void ControlSocket::on_packet(std::uint64_t id) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  Packet packet;
  switch (receive_packet(client->second.fd.get(), packet)) {
    case Received::kNothing:
      return;
    case Received::kEnd:
      clients_.erase(client);
      return;
    case Received::kPacket:
      take(id, packet.text, std::move(packet.fds));
      return;
  }
}

void ControlSocket::take(std::uint64_t id, const std::string& packet, std::vector<Fd> fds) {
  if (const auto order = parse_order(packet)) {
    handlers_.order(*order);
    return;
  }
  if (auto attach = parse_attach(packet); attach && fds.size() == 2) {
    // From here on the connection is the attachment's.
    Client client = std::move(clients_.at(id));
    clients_.erase(id);
    client.watch.reset();
    handlers_.attach({std::move(*attach), std::move(fds), std::move(client.fd)});
    return;
  }
  auto exec = parse_exec(packet);
  if (!exec || fds.size() != (exec->tty ? 0U : 3U)) {
    reply(id, "error not an order", -1);
    return;
  }
  ExecRequest request{std::move(exec->container), std::move(exec->command), exec->tty,
                      std::move(fds)};
  handlers_.exec(std::move(request),
                 [this, id](const std::string& text, int fd) { reply(id, text, fd); });
}

/// A client that is gone, or that does not read, gets nothing.
void ControlSocket::reply(std::uint64_t id, const std::string& packet, int fd) {
  const auto client = clients_.find(id);
  if (client == clients_.end()) return;
  const std::vector<int> fds = fd < 0 ? std::vector<int>{} : std::vector<int>{fd};
  send_packet(client->second.fd.get(), packet, fds);
}

}  // namespace podrun::pod
