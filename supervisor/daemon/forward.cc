#include "supervisor/daemon/forward.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "supervisor/daemon/exec_wire.h"

namespace podrun::daemon {
namespace {

constexpr std::size_t kChunk = 32u << 10;
/// What may wait for the pod.
constexpr std::size_t kMaxPending = 256u << 10;

int connect_to_loopback(int fd, int family, std::uint16_t port) {
  if (family == AF_INET) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

/// As Go words it: "connection refused".
std::string go_errno(int error) {
  std::string text = errno_text(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

}  // namespace

Forward::Forward(PodSocket make_socket, std::uint16_t port, ForwardWire& wire,
                 node::Reactor& reactor)
    : make_socket_(std::move(make_socket)), port_(port), wire_(wire), reactor_(reactor) {
  try_family(AF_INET);
}

void Forward::try_family(int family) {
  family_ = family;
  try {
    socket_ = make_socket_(family);
  } catch (const Error& error) {
    return end(error.what());
  }
  if (connect_to_loopback(socket_.get(), family, port_) == 0) return connected();
  if (errno != EINPROGRESS) return refused(errno);
  input_watch_ = reactor_.watch_writable(socket_.get(), [this] { on_connected(); });
}

void Forward::on_connected() {
  input_watch_.reset();
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return refused(error);
  connected();
}

void Forward::refused(int error) {
  const std::string port = std::to_string(port_);
  const bool first = family_ == AF_INET;
  refusals_ += (first ? "IPv4: dial tcp4 127.0.0.1:" : " IPv6 dial tcp6 [::1]:") + port +
               ": connect: " + go_errno(error);
  if (first) return try_family(AF_INET6);
  end("failed to connect to localhost:" + port + " inside the pod's network, " + refusals_);
}

void Forward::connected() {
  connected_ = true;
  resume();
  write_input();
}

void Forward::resume() {
  if (over_ || !connected_ || output_watch_) return;
  output_watch_ = reactor_.watch_readable(socket_.get(), [this] { read_output(); });
}

void Forward::read_output() {
  std::array<char, kChunk> buffer;
  const ssize_t count = ::read(socket_.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return end("");
  wire_.send({buffer.data(), static_cast<std::size_t>(count)});
  if (over_ || wire_.queued() < kMaxQueued) return;
  output_watch_.reset();
  wire_.ask_to_resume();
}

void Forward::input(std::string_view bytes) {
  if (over_ || input_ended_) return;
  pending_.append(bytes);
  write_input();
}

void Forward::end_input() {
  if (std::exchange(input_ended_, true)) return;
  write_input();
}

void Forward::write_input() {
  if (over_) return;
  while (connected_ && !pending_.empty()) {
    const ssize_t count = ::send(socket_.get(), pending_.data(), pending_.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    // What the pod still says is read; more input is of no use to it.
    if (count < 0) {
      input_ended_ = true;
      pending_.clear();
      break;
    }
    pending_.erase(0, static_cast<std::size_t>(count));
  }
  if (!connected_) {
    // It is written when there is a connection.
  } else if (pending_.empty()) {
    input_watch_.reset();
    if (input_ended_) (void)::shutdown(socket_.get(), SHUT_WR);
  } else if (!input_watch_) {
    input_watch_ = reactor_.watch_writable(socket_.get(), [this] { write_input(); });
  }
  const bool much = pending_.size() > kMaxPending;
  if (much == input_paused_) return;
  input_paused_ = much;
  wire_.pause_input(much);
}

void Forward::end(const std::string& why) {
  if (std::exchange(over_, true)) return;
  output_watch_.reset();
  input_watch_.reset();
  socket_.reset();
  pending_.clear();
  if (std::exchange(input_paused_, false)) wire_.pause_input(false);
  wire_.over(why);
}

}  // namespace podrun::daemon
