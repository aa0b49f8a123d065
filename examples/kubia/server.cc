// The server of the demo images: says which host it is, and with --unhealthy-after=N answers N
// requests and then fails. It has no SIGTERM handler, as many a small server has none: as the first
// process of a container it lives through SIGTERM. --exit-on-term gives it one.
//
//   kubia [--unhealthy-after=N] [--exit-on-term] [--port=N]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr int kSigtermCode = 128 + SIGTERM;
constexpr std::size_t kLongestRequest = 16384;
constexpr std::size_t kMostConnections = 512;

struct Options {
  long unhealthy_after = -1;  // requests; -1 never
  bool exit_on_term = false;
  int port = 8080;
};

struct Connection {
  int fd;
  std::string peer;  // "::ffff:127.0.0.1"
  std::string in, out;
};

/// One write for one line, so that a line is in the log before its answer is on the wire.
void log_line(const std::string& text) {
  const std::string line = text + "\n";
  // A log that nobody reads is no reason to stop.
  [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, line.data(), line.size());
}

[[noreturn]] void fail(const char* doing) {
  std::fprintf(stderr, "kubia: %s: %s\n", doing, std::strerror(errno));
  std::exit(1);
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--exit-on-term") {
      options.exit_on_term = true;
    } else if (argument.rfind("--unhealthy-after=", 0) == 0) {
      options.unhealthy_after =
          std::strtol(argv[i] + std::strlen("--unhealthy-after="), nullptr, 10);
    } else if (argument.rfind("--port=", 0) == 0) {
      options.port = static_cast<int>(std::strtol(argv[i] + std::strlen("--port="), nullptr, 10));
    } else {
      std::fprintf(stderr, "usage: kubia [--unhealthy-after=N] [--exit-on-term] [--port=N]\n");
      std::exit(2);
    }
  }
  return options;
}

int try_listen(int family, int port) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in6 six{};
  sockaddr_in four{};
  const sockaddr* address = reinterpret_cast<const sockaddr*>(&four);
  socklen_t length = sizeof four;
  if (family == AF_INET6) {
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(static_cast<std::uint16_t>(port));
    address = reinterpret_cast<const sockaddr*>(&six);
    length = sizeof six;
  } else {
    four.sin_family = AF_INET;
    four.sin_port = htons(static_cast<std::uint16_t>(port));
  }
  if (::bind(fd, address, length) == 0 && ::listen(fd, 128) == 0) return fd;
  const int failure = errno;
  ::close(fd);
  errno = failure;
  return -1;
}

/// Both families on one socket; IPv4 alone where the kernel has no IPv6.
int listen_on(int port) {
  int fd = try_listen(AF_INET6, port);
  if (fd < 0 && errno != EADDRINUSE && errno != EACCES) fd = try_listen(AF_INET, port);
  if (fd < 0) fail("listen");
  return fd;
}

/// As a dual-stack socket shows its peers, also where the socket is of IPv4.
std::string peer_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text,
                sizeof text);
    return text;
  }
  ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  return std::string("::ffff:") + text;
}

std::string answer(long number, const Options& options) {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const bool well = options.unhealthy_after < 0 || number <= options.unhealthy_after;
  const std::string body = well ? "You've hit " + std::string(host) + "\n"
                                : std::string("I'm not well. Please restart me!");
  return std::string("HTTP/1.1 ") + (well ? "200 OK" : "500 Internal Server Error") +
         "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

class Server {
 public:
  explicit Server(const Options& options) : options_(options), listener_(listen_on(options.port)) {}

  [[noreturn]] void run() {
    while (true) {
      std::vector<pollfd> waits = {{listener_, POLLIN, 0}};
      if (connections_.size() >= kMostConnections) waits[0].events = 0;
      for (const Connection& connection : connections_) {
        const short wanted = connection.out.empty() ? POLLIN : POLLOUT;
        waits.push_back({connection.fd, wanted, 0});
      }
      if (::poll(waits.data(), waits.size(), -1) < 0) {
        if (errno == EINTR) continue;
        fail("poll");
      }
      for (std::size_t i = connections_.size(); i-- > 0;) {
        if (waits[i + 1].revents != 0 && !serve(connections_[i])) close_connection(i);
      }
      if (waits[0].revents != 0) accept_one();
    }
  }

 private:
  void accept_one() {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    const int fd = ::accept4(listener_, reinterpret_cast<sockaddr*>(&address), &length,
                             SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) connections_.push_back({fd, peer_text(address), "", ""});
  }

  void close_connection(std::size_t i) {
    ::close(connections_[i].fd);
    connections_.erase(connections_.begin() + static_cast<long>(i));
  }

  /// False when the connection is done with.
  bool serve(Connection& connection) {
    if (connection.out.empty()) {
      char buffer[4096];
      const ssize_t n = ::recv(connection.fd, buffer, sizeof buffer, 0);
      if (n < 0) return errno == EAGAIN || errno == EINTR;
      if (n == 0) return false;
      connection.in.append(buffer, static_cast<std::size_t>(n));
      if (connection.in.size() > kLongestRequest) return false;
      if (connection.in.find("\r\n\r\n") == std::string::npos) return true;
      log_line("Received request from " + connection.peer);
      connection.out = answer(++requests_, options_);
    }
    const ssize_t n =
        ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    connection.out.erase(0, static_cast<std::size_t>(n));
    return !connection.out.empty();
  }

  Options options_;
  int listener_;
  long requests_ = 0;
  std::vector<Connection> connections_;
};

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.exit_on_term) {
    struct sigaction action {};
    action.sa_handler = [](int) { ::_exit(kSigtermCode); };
    ::sigaction(SIGTERM, &action, nullptr);
  }
  Server server(options);
  log_line("Kubia server starting...");
  server.run();
}
