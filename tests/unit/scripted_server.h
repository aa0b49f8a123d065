// A server on the loopback that plays a script to each connection: the other side of probe tests.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/fd.h"

namespace podrun::test {

/// The server's side of one connection.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  int fd() const { return fd_.get(); }

  /// Reads until `mark` has come (or the end); all that was read.
  std::string read_until(std::string_view mark) {
    std::string all;
    char chunk[4096];
    while (all.find(mark) == std::string::npos) {
      const ssize_t n = ::recv(fd_.get(), chunk, sizeof chunk, 0);
      if (n <= 0) break;
      all.append(chunk, static_cast<std::size_t>(n));
    }
    return all;
  }
  /// False where the client has gone.
  bool send(std::string_view data) {
    while (!data.empty()) {
      const ssize_t n = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Ends with RST instead of FIN.
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fd_.reset();
  }
  void wait_for_end() {
    char chunk[4096];
    while (::recv(fd_.get(), chunk, sizeof chunk, 0) > 0) {
    }
  }

 private:
  Fd fd_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  /// Plays one script per connection, then ends; `v6`: on ::1.
  explicit ScriptedServer(std::vector<Script> scripts, bool v6 = false)
      : v6_(v6), scripts_(std::move(scripts)) {
    listener_ = listen_on_loopback(v6, port_);
    if (!scripts_.empty()) thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  int port() const { return port_; }
  std::string address() const { return v6_ ? "::1" : "127.0.0.1"; }
  /// "127.0.0.1:4711"
  std::string authority() const { return (v6_ ? "[::1]:" : "127.0.0.1:") + std::to_string(port_); }

  static Fd listen_on_loopback(bool v6, int& port) {
    Fd fd(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = v6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
    socklen_t length = v6 ? sizeof six : sizeof four;
    if (!fd || ::bind(fd.get(), address, length) != 0 || ::listen(fd.get(), 16) != 0 ||
        ::getsockname(fd.get(), address, &length) != 0)
      throw std::runtime_error("cannot listen on the loopback");
    port = ntohs(v6 ? six.sin6_port : four.sin_port);
    return fd;
  }

 private:
  void serve() {
    for (const Script& script : scripts_) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      Peer peer(fd);
      script(peer);
    }
  }

  bool v6_;
  std::vector<Script> scripts_;
  int port_ = 0;
  Fd listener_;
  std::thread thread_;
};

/// Reads a request, answers, closes.
inline ScriptedServer::Script answers(std::string response) {
  return [response = std::move(response)](Peer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send(response);
  };
}

}  // namespace podrun::test
