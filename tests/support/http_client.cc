#include "tests/support/http_client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

#include "base/error.h"

namespace podrun::test {
namespace {

Fd connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw Error("connect to " + path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("make a socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return {};
  }
  return socket;
}

std::string text_of(const HttpRequest& request) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: podrun\r\n";
  if (!request.body.empty()) {
    text += "Content-Type: " + request.content_type +
            "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Whether the other end has closed it.
bool is_over(int socket) {
  char byte = 0;
  const ssize_t got = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

/// The server writes its headers this way.
std::size_t length_in(std::string_view head) {
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = head.find(kLength);
  std::size_t length = 0;
  if (at == std::string_view::npos) return 0;
  std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
  return length;
}

}  // namespace

std::optional<HttpAnswer> HttpClient::ask(const HttpRequest& request,
                                          const std::function<void()>& sent) {
  if (!socket_ || is_over(socket_.get())) {
    socket_ = connect_to(path_);
    input_.clear();
    if (!socket_) return std::nullopt;
  }
  if (send_all(socket_.get(), text_of(request))) {
    if (sent) sent();
    if (auto answer = read_answer()) return answer;
  }
  socket_.reset();
  return std::nullopt;
}

std::optional<HttpAnswer> HttpClient::read_answer() {
  std::size_t head = 0;
  while ((head = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  const std::size_t end = head + 4 + length_in(std::string_view(input_).substr(0, head));
  while (input_.size() < end) {
    if (!read_more()) return std::nullopt;
  }
  HttpAnswer answer;
  constexpr std::size_t kStatus = std::char_traits<char>::length("HTTP/1.1 ");
  std::from_chars(input_.data() + kStatus, input_.data() + kStatus + 3, answer.status);
  answer.body = input_.substr(head + 4, end - head - 4);
  input_.erase(0, end);
  return answer;
}

bool HttpClient::read_more() {
  constexpr std::size_t kBlock = 64u << 10;
  const std::size_t before = input_.size();
  input_.resize(before + kBlock);
  ssize_t got = -1;
  do {
    got = ::recv(socket_.get(), input_.data() + before, kBlock, 0);
  } while (got < 0 && errno == EINTR);
  input_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
  return got > 0;
}

Fd HttpClient::open(const std::string& socket_path, const std::string& target) {
  Fd socket = connect_to(socket_path);
  if (socket && !send_all(socket.get(), text_of({"GET", target, "", ""}))) socket.reset();
  return socket;
}

}  // namespace podrun::test
