// A client of the daemon's unix socket: HTTP/1.1, one request after another on one connection.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/fd.h"

namespace podrun::test {

struct HttpRequest {
  std::string method;
  std::string target;  // path and query
  std::string body;
  std::string content_type = "application/json";
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  bool ok() const { return status >= 200 && status < 300; }
  /// Discarded where the body is no JSON.
  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

/// Not thread-safe. Connects when it is first asked, and again after a connection was lost.
class HttpClient {
 public:
  explicit HttpClient(std::string socket_path) : path_(std::move(socket_path)) {}

  /// Nothing where the server is not there or went before the whole answer had come: the request
  /// may have been carried out or not. `sent` is called once the request is on its way.
  std::optional<HttpAnswer> ask(const HttpRequest& request,
                                const std::function<void()>& sent = nullptr);
  std::optional<HttpAnswer> get(const std::string& target) { return ask({"GET", target, "", ""}); }

  /// A connection on which a request without a body was sent and nothing read yet: for a watch,
  /// whose stream the caller reads. Invalid where the server is not there.
  static Fd open(const std::string& socket_path, const std::string& target);

 private:
  std::optional<HttpAnswer> read_answer();
  bool read_more();

  std::string path_;
  Fd socket_;
  std::string input_;
};

}  // namespace podrun::test
