// A server of the API's transport in a thread of its own, and clients with plain sockets.
#pragma once

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "base/error.h"
#include "base/fd.h"
#include "supervisor/api/server/server.h"
#include "tests/support/temp_dir.h"

namespace podrun::test {

/// Listens on a unix socket. The handler runs on the server's thread.
class ServerBox {
 public:
  explicit ServerBox(api::Handler handler, const api::Limits& limits = {}) {
    api::ServerHooks hooks;
    hooks.handler = std::move(handler);
    hooks.authenticate = [](std::string_view token) -> std::optional<api::User> {
      if (token == "good") return api::User{"tester", {"testers"}};
      return std::nullopt;
    };
    hooks.request_commit = [this] { ++commits_wanted; };
    hooks.cut_off = [this] { ++cut_off; };
    server_ = std::make_unique<api::Server>(io_, std::move(hooks), limits);
    server_->listen_unix(path());
    thread_ = std::thread([this] { io_.run(); });
  }
  ~ServerBox() {
    on_loop([this] { server_.reset(); });
    guard_.reset();
    thread_.join();
  }
  ServerBox(const ServerBox&) = delete;
  ServerBox& operator=(const ServerBox&) = delete;

  std::string path() const { return folder_ / "api.sock"; }
  const TempDir& folder() const { return folder_; }
  /// Runs on the server's thread, and waits for the end.
  template <typename Act>
  auto on_loop(Act act) -> decltype(act()) {
    std::packaged_task<decltype(act())()> task(std::move(act));
    auto done = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return done.get();
  }
  api::Server& server() { return *server_; }
  std::size_t connections() {
    return on_loop([this] { return server_->connections(); });
  }
  std::atomic<int> commits_wanted{0}, cut_off{0};

 private:
  TempDir folder_{"podrun-api"};
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  std::unique_ptr<api::Server> server_;
  std::thread thread_;
};

struct Answer {
  int status = 0;
  std::string head;  // with the empty line
  std::string body;
};

/// A client that blocks, for at most 20 seconds.
class RawClient {
 public:
  explicit RawClient(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    const timeval limit{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw_errno("connect to " + path);
  }

  int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }
  void end_output() { ::shutdown(socket_.get(), SHUT_WR); }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  /// Reads until `text` has come, and takes all up to its end; what there is where the peer ends.
  std::string until(std::string_view text) {
    std::size_t at = 0, searched = 0;
    while ((at = input_.find(text, searched)) == std::string::npos) {
      searched = input_.size() < text.size() ? 0 : input_.size() - text.size();
      if (!fill()) return std::exchange(input_, {});
    }
    return take(at + text.size());
  }
  std::string exactly(std::size_t size) {
    while (input_.size() < size)
      if (!fill()) return std::exchange(input_, {});
    return take(size);
  }
  /// An answer with Content-Length (not to HEAD), or only the head of another.
  Answer answer() {
    Answer answer;
    answer.head = until("\r\n\r\n");
    if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
    const auto length = answer.head.find("Content-Length: ");
    if (length != std::string::npos)
      answer.body = exactly(std::strtoul(answer.head.c_str() + length + 16, nullptr, 10));
    return answer;
  }
  Answer get(const std::string& target) {
    send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    return answer();
  }
  /// The peer has closed its side, and nothing more came.
  bool ended() { return input_.empty() && !fill() && !timed_out_; }

 private:
  std::string take(std::size_t size) {
    std::string taken = input_.substr(0, size);
    input_.erase(0, size);
    return taken;
  }
  bool fill() {
    char chunk[16384];
    const ssize_t n = ::recv(socket_.get(), chunk, sizeof chunk, 0);
    timed_out_ = n < 0 && errno == EAGAIN;
    if (n <= 0) return false;
    input_.append(chunk, static_cast<std::size_t>(n));
    return true;
  }

  Fd socket_;
  std::string input_;
  bool timed_out_ = false;
};

inline api::Response text_response(std::string body, int status = 200) {
  api::Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

/// Tells what was asked: "GET /path?a=b;c=d user=system:admin body=…".
inline api::Response tell(const api::Request& request) {
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) text += "?" + name + "=" + value;
  text += " user=" + request.user.name;
  for (const auto& group : request.user.groups) text += " group=" + group;
  return text_response(text + " body=" + request.body);
}

}  // namespace podrun::test
