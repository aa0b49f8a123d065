#include "supervisor/remote/watch_stream.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "supervisor/api/json_path.h"

namespace podrun::remote {
namespace {

constexpr int kFirstFailure = 400;

}  // namespace

WatchStream::WatchStream(node::Reactor& reactor, const std::string& socket,
                         const client::Call& call, OnEvent on_event, OnEnd on_end)
    : socket_(client::connect_to(socket)),
      on_event_(std::move(on_event)),
      on_end_(std::move(on_end)) {
  const std::string request = client::request_text(call);
  // It fits the socket's buffer, or something is wrong.
  const ssize_t sent =
      ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) throw_errno("send a watch to " + socket);
  if (static_cast<std::size_t>(sent) != request.size()) throw Error(socket + " takes no request");
  readable_ = reactor.watch_readable(socket_.get(), [this] { on_readable(); });
}

void WatchStream::on_readable() {
  std::string why;
  try {
    if (read()) return;
  } catch (const std::exception& error) {
    why = error.what();
  }
  readable_.reset();
  on_end_(why);
}

/// False at the end.
bool WatchStream::read() {
  std::array<char, 1U << 16> buffer;
  const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (got < 0) throw_errno("read a watch");
  if (got == 0) {
    parser_.end();
    return false;
  }
  parser_.feed({buffer.data(), static_cast<std::size_t>(got)});
  if (!parser_.has_head()) return true;
  text_ += parser_.take_body();
  if (parser_.head().status >= kFirstFailure) {
    throw Error("a watch was answered with " + std::to_string(parser_.head().status));
  }
  take_lines();
  return !parser_.is_done();
}

void WatchStream::take_lines() {
  std::size_t begin = 0;
  for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n', begin)) {
    take_line(std::string_view(text_).substr(begin, end - begin));
    begin = end + 1;
  }
  text_.erase(0, begin);
}

void WatchStream::take_line(std::string_view line) {
  store::Json event = store::Json::parse(line, nullptr, false);
  if (!event.is_object() || !event.contains("object")) {
    throw Error("a watch sent what is no event");
  }
  const std::string type = api::text_at(event, "type");
  if (type == "ERROR") throw Error(api::text_at(event["object"], "message"));
  if (type != "BOOKMARK") on_event_(type, std::move(event["object"]));
}

}  // namespace podrun::remote
