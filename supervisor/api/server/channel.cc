#include "supervisor/api/server/channel.h"

#include <sys/socket.h>

#include <cerrno>

namespace podrun::api {

namespace {

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int socket) : socket_(socket) {}

  IoResult handshake() override { return {}; }

  IoResult read(char* to, std::size_t size) override {
    const ssize_t n = ::recv(socket_, to, size, MSG_DONTWAIT);
    if (n > 0) return {IoResult::kDone, static_cast<std::size_t>(n)};
    if (n == 0) return {IoResult::kEnd};
    return {failed(IoResult::kWaitRead)};
  }

  IoResult write(std::string_view bytes) override {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n >= 0) return {IoResult::kDone, static_cast<std::size_t>(n)};
    return {failed(IoResult::kWaitWrite)};
  }

  bool has_pending() const override { return false; }
  void end_output() override { ::shutdown(socket_, SHUT_WR); }
  std::optional<User> peer() const override { return std::nullopt; }

 private:
  static IoResult::Status failed(IoResult::Status wait) {
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? wait : IoResult::kBroken;
  }

  int socket_;
};

}  // namespace

std::unique_ptr<Channel> make_plain_channel(int socket) {
  return std::make_unique<PlainChannel>(socket);
}

}  // namespace podrun::api
