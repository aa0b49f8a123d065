#include "supervisor/client/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace podrun::client {
namespace {

/// RFC 3986: what needs no escape in a path's segment or a query's value; "/" is kept in paths.
std::string escaped(std::string_view text, std::string_view also_plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-._~").find(c) != std::string_view::npos ||
                       also_plain.find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

void send_all(int socket, std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    // A server that has refused the request may close before it has read all; its answer counts.
    if (sent < 0 && errno == EPIPE) return;
    if (sent < 0) throw_errno("send the request to the daemon");
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
}

}  // namespace

std::string target_text(const Call& call) {
  std::string text = call.is_escaped ? call.path : escaped(call.path, "/:");
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    text += separator + escaped(name, "") + "=" + escaped(value, "");
    separator = '&';
  }
  return text;
}

std::string request_text(const Call& call) {
  std::string text = call.method + " " + target_text(call) + " HTTP/1.1\r\nHost: podrun\r\n";
  for (const auto& [name, value] : call.headers) text += name + ": " + value + "\r\n";
  if (!call.body.empty() || (call.method != "GET" && call.method != "DELETE")) {
    text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  }
  return text + "\r\n" + call.body;
}

RequestTimedOut::RequestTimedOut(bool has_head)
    : Error(has_head ? "error: context deadline exceeded"
                     : "Unable to connect to the server: context deadline exceeded "
                       "(Client.Timeout exceeded while awaiting headers)") {}

Fd connect_to(const std::string& socket) {
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw_errno("make a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof(address.sun_path)) {
    throw Error("the socket's path is too long: " + socket);
  }
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const bool absent = errno == ENOENT || errno == ECONNREFUSED;
    throw_errno("connect to the daemon at " + socket,
                absent ? "is `podrun daemon` running? --socket says where it listens"
                       : "the socket is root's");
  }
  return fd;
}

Connection::Connection(const std::string& socket) : socket_(connect_to(socket)) {}

const AnswerHead& Connection::send(const Call& call) {
  send_all(socket_.get(), request_text(call));
  while (!parser_.has_head()) receive();
  return parser_.head();
}

std::optional<Moment> Connection::next_deadline() const {
  const Moment now = SystemClock().now();
  if (deadline_ && *deadline_ <= now) throw TimedOut();
  if (request_deadline_ && *request_deadline_ <= now) throw RequestTimedOut(parser_.has_head());
  if (!deadline_ || !request_deadline_) return deadline_ ? deadline_ : request_deadline_;
  return std::min(*deadline_, *request_deadline_);
}

void Connection::await_input() const {
  using Milliseconds = std::chrono::milliseconds;
  while (const std::optional<Moment> deadline = next_deadline()) {
    const auto left = std::chrono::ceil<Milliseconds>(*deadline - SystemClock().now());
    // Long waits in steps: the count is an int.
    const auto step = std::clamp<std::int64_t>(left.count(), 0, 60000);
    pollfd entry{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(step));
    if (ready > 0) return;
    if (ready < 0 && errno != EINTR) throw_errno("wait for the daemon");
  }
}

void Connection::receive() {
  await_input();
  std::array<char, 1u << 16> buffer;
  const ssize_t got = ::read(socket_.get(), buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return;
  if (got < 0) throw_errno("read the daemon's answer");
  if (got == 0) {
    parser_.end();
    if (!parser_.has_head()) throw Error("the daemon closed the connection without an answer");
    return;
  }
  parser_.feed({buffer.data(), static_cast<std::size_t>(got)});
}

std::string Connection::read_some() {
  std::string body = parser_.take_body();
  while (body.empty() && !parser_.is_done()) {
    receive();
    body = parser_.take_body();
  }
  return body;
}

std::string Connection::read_rest() {
  std::string all;
  for (std::string part = read_some(); !part.empty(); part = read_some()) all += part;
  return all;
}

}  // namespace podrun::client
