// An HTTP/1 request, parsed as its bytes arrive. Pure: no sockets. Not for more than one request.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "supervisor/api/http.h"
#include "supervisor/api/server/limits.h"

namespace podrun::api {

class RequestParser {
 public:
  enum class State {
    kMore,    // more bytes are needed
    kHead,    // told once, when the headers are complete: `request` has them, the body follows
    kDone,    // the request is complete
    kFailed,  // it is not HTTP, or beyond a limit: `failure` says what
  };
  /// What to answer to a request that failed.
  struct Failure {
    int status = 400;  // 400, 413, 431 or 505
    std::string message;
  };

  explicit RequestParser(const Limits& limits);
  RequestParser(RequestParser&&) noexcept;
  RequestParser& operator=(RequestParser&&) noexcept;
  ~RequestParser();

  /// Takes bytes and returns how many of them; stops at kHead and kDone. What was not taken is to
  /// be given again, with more bytes after it.
  std::size_t feed(std::string_view bytes);

  State state() const;
  const Failure& failure() const;
  const Request& request() const;
  /// All but the user, which the transport knows.
  Request take_request();

  /// The connection may carry another request after this one.
  bool keep_alive() const;
  /// HTTP/1.0 knows no chunks.
  bool is_http_10() const;
  /// HEAD: the answer has no body. The request's method is then "GET".
  bool is_head() const;
  /// The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace podrun::api
