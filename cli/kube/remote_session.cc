#include "cli/kube/remote_session.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

#include "base/base64.h"
#include "base/files.h"
#include "cli/kube/terminal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/websocket_frames.h"

namespace podrun::kube {
namespace {

using client::FrameKind;

constexpr const char* kProtocol = "v5.channel.k8s.io";
constexpr unsigned char kStdin = 0, kStdout = 1, kStderr = 2, kErrors = 3, kResize = 4;
/// In v5: "the stream whose number follows ends".
constexpr unsigned char kEndOfStream = 255;
constexpr std::size_t kPiece = 32u << 10;
/// What waits for the daemon; input beyond it stays where it is.
constexpr std::size_t kMostWaiting = 1u << 20;

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  if (::getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) throw_errno("getrandom");
  return bytes;
}

client::Call upgrade_call(const std::string& path, Query query) {
  client::Call call{.path = path, .query = std::move(query)};
  call.headers = {{"Connection", "Upgrade"},
                  {"Upgrade", "websocket"},
                  {"Sec-WebSocket-Version", "13"},
                  {"Sec-WebSocket-Key", to_base64(random_bytes(16))},
                  {"Sec-WebSocket-Protocol", kProtocol}};
  return call;
}

/// One session: moves bytes until the server closes.
class Remote {
 public:
  Remote(client::Connection connection, const RemoteStreams& streams)
      : streams_(streams), socket_(connection.take_socket()) {
    reader_.feed(connection.take_leftover());
    ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
    if (streams.tty) resize_ = std::make_unique<ResizeSignal>();
    input_open_ = streams.in;
  }

  int run() {
    const std::unique_ptr<RawTerminal> raw =
        streams_.tty && streams_.in ? std::make_unique<RawTerminal>() : nullptr;
    if (streams_.tty) send_size();
    take_messages();
    while (!over_) turn();
    if (status_.is_null()) throw Error("the session broke off");
    return exit_code_of(status_);
  }

 private:
  void turn() {
    const bool reads = input_open_ && waiting_.size() < kMostWaiting;
    std::array<pollfd, 3> entries{{
        {.fd = socket_.get(),
         .events = static_cast<short>(POLLIN | (waiting_.empty() ? 0 : POLLOUT)),
         .revents = 0},
        {.fd = reads ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0},
        {.fd = resize_ ? resize_->descriptor() : -1, .events = POLLIN, .revents = 0},
    }};
    if (::poll(entries.data(), entries.size(), -1) < 0) {
      if (errno == EINTR) return;
      throw_errno("wait for the session");
    }
    if ((entries[2].revents & POLLIN) != 0) {
      resize_->take();
      send_size();
    }
    if (entries[1].revents != 0) read_input();
    if ((entries[0].revents & POLLOUT) != 0) flush();
    if ((entries[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0) read_socket();
  }

  void send(FrameKind kind, std::string_view payload) {
    const std::string bytes = random_bytes(4);
    client::Mask mask{};
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = static_cast<unsigned char>(bytes[i]);
    waiting_ += client::masked_frame(kind, payload, mask);
    flush();
  }

  void send_on(unsigned char channel, std::string_view bytes) {
    send(FrameKind::kBinary, std::string(1, static_cast<char>(channel)) + std::string(bytes));
  }

  void flush() {
    while (!waiting_.empty()) {
      const ssize_t sent = ::send(socket_.get(), waiting_.data(), waiting_.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
      if (sent < 0) {
        // What the server has said before it left is still to be read.
        waiting_.clear();
        input_open_ = false;
        return;
      }
      waiting_.erase(0, static_cast<std::size_t>(sent));
    }
  }

  void send_size() {
    const auto size = terminal_size();
    if (!size) return;
    send_on(kResize, Json{{"Width", size->columns}, {"Height", size->rows}}.dump());
  }

  void read_input() {
    std::array<char, kPiece> buffer;
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got > 0) {
      send_on(kStdin, {buffer.data(), static_cast<std::size_t>(got)});
      return;
    }
    input_open_ = false;
    send_on(kEndOfStream, std::string(1, static_cast<char>(kStdin)));
  }

  void read_socket() {
    std::array<char, kPiece> buffer;
    const ssize_t got = ::read(socket_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      over_ = true;
      return;
    }
    reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
    take_messages();
  }

  void take_messages() {
    while (const auto message = reader_.next()) {
      if (message->kind == FrameKind::kPing) {
        send(FrameKind::kPong, message->payload);
      } else if (message->kind == FrameKind::kClose) {
        send(FrameKind::kClose, message->payload);
        over_ = true;
      } else if (message->kind != FrameKind::kPong && !message->payload.empty()) {
        take(static_cast<unsigned char>(message->payload[0]),
             std::string_view(message->payload).substr(1));
      }
    }
  }

  void take(unsigned char channel, std::string_view bytes) {
    if (channel == kStdout) write_all(STDOUT_FILENO, bytes, "standard output");
    if (channel == kStderr) write_all(STDERR_FILENO, bytes, "standard error");
    if (channel == kErrors && !bytes.empty()) status_ = Json::parse(bytes, nullptr, false);
  }

  RemoteStreams streams_;
  Fd socket_;
  client::FrameReader reader_;
  std::unique_ptr<ResizeSignal> resize_;
  std::string waiting_;  // to be sent
  bool input_open_ = false;
  bool over_ = false;
  Json status_;
};

}  // namespace

int exit_code_of(const Json& status) {
  if (api::text_at(status, "status") == "Success") return 0;
  if (api::text_at(status, "reason") == "NonZeroExitCode") {
    for (const Json& cause : api::at_path(status, "details.causes")) {
      if (api::text_at(cause, "reason") != "ExitCode") continue;
      const std::string text = api::text_at(cause, "message");
      int code = 0;
      std::from_chars(text.data(), text.data() + text.size(), code);
      return code;
    }
  }
  throw Error(api::text_at(status, "message"));
}

int run_remote(Session& session, const std::string& path, Query query,
               const RemoteStreams& streams) {
  query.emplace_back("stdin", streams.in ? "true" : "false");
  query.emplace_back("stdout", "true");
  query.emplace_back("stderr", streams.tty ? "false" : "true");
  query.emplace_back("tty", streams.tty ? "true" : "false");
  client::Connection connection = session.api().open(upgrade_call(path, std::move(query)));
  return Remote(std::move(connection), streams).run();
}

}  // namespace podrun::kube
