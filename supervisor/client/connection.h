// A blocking HTTP/1.1 exchange with the daemon, over its unix socket: one connection per request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "supervisor/client/answer_parser.h"

namespace podrun::client {

struct Call {
  std::string method = "GET";
  std::string path;                                        // as it is, unless is_escaped
  std::vector<std::pair<std::string, std::string>> query;  // the same
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool is_escaped = false;  // the path is what goes over the wire, its query with it
};

/// What was waited for did not come in time.
class TimedOut : public Error {
 public:
  TimedOut() : Error("timed out waiting for the condition") {}
};

/// --request-timeout has passed. what() is the whole line that kubectl prints.
class RequestTimedOut : public Error {
 public:
  explicit RequestTimedOut(bool has_head);
};

/// "/api/v1/pods?labelSelector=a%3Db"
std::string target_text(const Call& call);
/// All that goes over the wire.
std::string request_text(const Call& call);

/// A connection to who listens on this unix socket. Throws Error where nobody does, with what to do
/// about it.
Fd connect_to(const std::string& socket);

class Connection {
 public:
  /// Throws as connect_to().
  explicit Connection(const std::string& socket);

  /// Whatever has not come by then ends in TimedOut; nothing: waits for ever.
  void set_deadline(std::optional<Moment> deadline) { deadline_ = deadline; }
  /// The same with RequestTimedOut: what comes first counts.
  void set_request_deadline(std::optional<Moment> deadline) { request_deadline_ = deadline; }
  /// Sends the request and reads the answer's head.
  const AnswerHead& send(const Call& call);
  /// More of the body, as soon as there is some; "" at its end.
  std::string read_some();
  /// All that is left of it.
  std::string read_rest();
  /// After a 101: the socket, and what has been read beyond the head.
  Fd take_socket() { return std::move(socket_); }
  std::string take_leftover() { return parser_.take_leftover(); }
  int descriptor() const { return socket_.get(); }

 private:
  void receive();
  void await_input() const;
  /// When one gives up. Throws TimedOut or RequestTimedOut where that has come.
  std::optional<Moment> next_deadline() const;
  Fd socket_;
  std::optional<Moment> deadline_, request_deadline_;
  AnswerParser parser_;
};

}  // namespace podrun::client
