#include "supervisor/pod/probe_stream.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.h"

namespace podrun::pod {

Deadline Deadline::after(Nanoseconds timeout) { return Deadline(SystemClock().now() + timeout); }

Nanoseconds Deadline::left() const { return std::max(Nanoseconds(0), at_ - SystemClock().now()); }

Deadline Deadline::sooner(Nanoseconds timeout) const {
  return Deadline(std::min(at_, SystemClock().now() + timeout));
}

bool Deadline::wait(int fd, short events) const {
  while (true) {
    const Nanoseconds rest = left();
    if (rest.count() == 0) return false;
    timespec time{};
    time.tv_sec = rest.count() / 1'000'000'000;
    time.tv_nsec = rest.count() % 1'000'000'000;
    pollfd one{fd, events, 0};
    const int ready = ::ppoll(&one, 1, &time, nullptr);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows tells the error
  }
}

std::string join_host_port(std::string_view host, std::string_view port) {
  const bool brackets = host.find(':') != std::string_view::npos;
  std::string text(brackets ? "[" : "");
  text.append(host).append(brackets ? "]:" : ":").append(port);
  return text;
}

std::string join_host_port(std::string_view host, int port) {
  return join_host_port(host, std::to_string(port));
}

namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<Address> numeric_address(const std::string& text, int port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    address.length = sizeof *v4;
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  const auto zone = text.find('%');
  if (::inet_pton(AF_INET6, text.substr(0, zone).c_str(), &v6->sin6_addr) != 1) return {};
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(static_cast<std::uint16_t>(port));
  if (zone != std::string::npos) v6->sin6_scope_id = ::if_nametoindex(text.c_str() + zone + 1);
  address.length = sizeof *v6;
  return address;
}

std::string to_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address.storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return join_host_port(text, ntohs(v4->sin_port));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  return join_host_port(text, ntohs(v6->sin6_port));
}

/// Go has errno texts of its own: glibc's in lower case.
std::string go_errno_text(int errno_value) {
  std::string text = errno_text(errno_value);
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return text;
}

Address own_address(int fd) {
  Address address;
  address.length = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.length) != 0) address.length = 0;
  return address;
}

/// A connect to a port of the ephemeral range on which nobody listens may meet itself: TCP's
/// simultaneous open.
bool met_itself(int fd, const Address& target) {
  const Address own = own_address(fd);
  return own.length == target.length && std::memcmp(&own.storage, &target.storage, own.length) == 0;
}

struct ConnectError {
  const char* call = "connect";
  int errno_value = 0;
  bool timed_out = false;
};

ConnectError try_connect(const Address& target, const Deadline& deadline, Fd& socket) {
  socket = Fd(::socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return {"socket", errno};
  if (::connect(socket.get(), target.get(), target.length) == 0) return {};
  if (errno != EINPROGRESS) return {"connect", errno};
  if (!deadline.wait(socket.get(), POLLOUT)) return {"connect", 0, true};
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  return {"connect", error};
}

}  // namespace

Dialled dial_tcp(const std::string& address, int port, const Deadline& deadline) {
  Dialled dialled;
  const auto target = numeric_address(address, port);
  if (!target) {
    dialled.error = "dial tcp: lookup " + address + ": no such host";
    return dialled;
  }
  constexpr int kTries = 3;
  for (int i = 1; i <= kTries; ++i) {
    const ConnectError error = try_connect(*target, deadline, dialled.socket);
    const std::string doing = "dial tcp " + join_host_port(address, port) + ": ";
    dialled.timed_out = error.timed_out;
    if (error.timed_out) {
      dialled.error = doing + "i/o timeout";
    } else if (error.errno_value != 0) {
      dialled.error = doing + error.call + ": " + go_errno_text(error.errno_value);
    } else if (met_itself(dialled.socket.get(), *target)) {
      dialled.error = doing + "connect: connection refused";
    } else {
      dialled.error.clear();
      return dialled;
    }
    dialled.socket.reset();
    if (error.timed_out || error.errno_value != 0) break;
  }
  return dialled;
}

IoResult TcpStream::failure(const char* operation, int errno_value) const {
  std::string text = std::string(operation) + " tcp " + to_text(own_address(fd())) + "->" + remote_;
  return {IoResult::kFailed, 0, text + ": " + operation + ": " + go_errno_text(errno_value)};
}

IoResult TcpStream::read(char* to, std::size_t size) {
  while (true) {
    if (!deadline_.wait(fd(), POLLIN)) return {IoResult::kTimeout};
    const ssize_t n = ::recv(fd(), to, size, MSG_DONTWAIT);
    if (n > 0) return {IoResult::kDone, static_cast<std::size_t>(n)};
    if (n == 0) return {IoResult::kEnd};
    if (errno != EAGAIN && errno != EINTR) return failure("read", errno);
  }
}

IoResult TcpStream::write_all(std::string_view data) {
  IoResult result;
  while (!data.empty()) {
    const ssize_t n = ::send(fd(), data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
      result.bytes += static_cast<std::size_t>(n);
      data.remove_prefix(static_cast<std::size_t>(n));
    } else if (errno == EAGAIN) {
      if (!deadline_.wait(fd(), POLLOUT)) return {IoResult::kTimeout, result.bytes};
    } else if (errno != EINTR) {
      return failure("write", errno);
    }
  }
  return result;
}

}  // namespace podrun::pod
