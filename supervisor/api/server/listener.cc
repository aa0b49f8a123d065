#include "supervisor/api/server/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "base/error.h"

namespace podrun::api {

namespace {

constexpr int kBacklog = 512;
constexpr int kAcceptsPerTurn = 64;
/// Until descriptors or memory may be there again.
constexpr auto kPause = std::chrono::milliseconds(100);
/// How long a port that is in use is waited for.
constexpr auto kPortPatience = std::chrono::milliseconds(500);

Fd make_socket(int family) {
  Fd socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("make a socket");
  return socket;
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw Error("listen on " + path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// A server that was killed while it started a program leaves a child that has a copy of the socket
/// until it is that program: who listens is then gone, and the copy accepts nothing.
bool listener_is_gone(int connected) {
  ucred listener{};
  socklen_t size = sizeof listener;
  if (::getsockopt(connected, SOL_SOCKET, SO_PEERCRED, &listener, &size) != 0) return false;
  return ::kill(listener.pid, 0) != 0 && errno == ESRCH;
}

/// A socket file without a process behind it goes; one with a process is an error.
void clear_path(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISSOCK(status.st_mode)) throw Error("listen on " + path, EEXIST, "it is no socket");
  const Fd probe = make_socket(AF_UNIX);
  const bool connected =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool full = !connected && errno == EAGAIN;
  if (full || (connected && !listener_is_gone(probe.get())))
    throw Error("listen on " + path, EADDRINUSE, "another process serves it");
  if (connected || errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

Fd listen_at_path(const std::string& path) {
  const sockaddr_un address = unix_address(path);
  clear_path(path, address);
  Fd socket = make_socket(AF_UNIX);
  // Before it has a name: bind(2) makes the file with the socket's own mode (man 7 unix).
  if (::fchmod(socket.get(), 0600) != 0) throw_errno("set the mode of " + path);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), kBacklog) != 0)
    throw_errno("listen on " + path);
  return socket;
}

Fd listen_at_address(const std::string& address, std::uint16_t port) {
  const std::string what = "listen on " + address + " port " + std::to_string(port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw Error(what, EINVAL, "the address must be numeric");
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  // As above; of a port it cannot be told who listens.
  const auto end = std::chrono::steady_clock::now() + kPortPatience;
  while (true) {
    Fd socket = make_socket(found->ai_family);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(socket.get(), found->ai_addr, found->ai_addrlen) == 0 &&
        ::listen(socket.get(), kBacklog) == 0)
      return socket;
    if (errno != EADDRINUSE || std::chrono::steady_clock::now() >= end) throw_errno(what);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw_errno("ask for a socket's port");
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

Listener::Listener(boost::asio::io_context& io, Fd socket, std::size_t limit, Accepted accepted)
    : descriptor_(io, socket.get()), pause_(io), limit_(limit), accepted_(std::move(accepted)) {
  (void)socket.release();
}

void Listener::start() { wait(); }

void Listener::close() {
  boost::system::error_code ignored;
  descriptor_.close(ignored);
  pause_.cancel();
  accepted_ = nullptr;
}

void Listener::wait() {
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                           if (!error && self->accepted_) self->accept_some();
                         });
}

void Listener::accept_some() {
  for (int i = 0; i < kAcceptsPerTurn && accepted_; ++i) {
    Fd socket(
        ::accept4(descriptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
      pause_.expires_after(kPause);
      pause_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error && self->accepted_) self->wait();
      });
      return;
    }
    if (!socket) break;              // none waits, or it is gone already
    if (*open_ >= limit_) continue;  // closed at once
    ++*open_;
    std::shared_ptr<void> slot(nullptr, [count = open_](void*) { --*count; });
    try {
      accepted_(std::move(socket), std::move(slot));
    } catch (const std::exception&) {
      // No memory or no descriptors for this one: it is closed.
    }
  }
  if (accepted_) wait();
}

}  // namespace podrun::api
