// The daemon's API as a client sees it: requests with JSON bodies, refusals as exceptions.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.h"
#include "supervisor/client/connection.h"

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// The server said no. what() is what kubectl prints: `Error from server (NotFound): pods "x" not
/// found`.
class Refused : public Error {
 public:
  Refused(int code, Json status);
  int code() const { return code_; }
  /// The line where others failed, too.
  std::string among_others() const;
  /// The same with what was being done in front of the server's words: `error when creating
  /// "rc.yaml"`.
  Refused during(const std::string& act) const;
  /// The same with a line of advice below.
  Refused with_hint(const std::string& hint) const;
  std::string reason() const;   // "NotFound"; "" where the answer was no Status
  std::string message() const;  // the server's words alone
  const Json& status() const { return status_; }

 private:
  int code_;
  Json status_;
};

/// What kubectl prints for a Status, or for an answer that is none: of an object that is invalid,
/// what is wrong with it, below each other.
std::string refusal_text(int code, const Json& status);
/// The same where several objects were refused: each has one line, in the server's words.
std::string refusal_among_others(int code, const Json& status);

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kTable =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

class Api {
 public:
  /// `warn` is told what the server warns of.
  Api(std::string socket, std::function<void(const std::string&)> warn)
      : socket_(std::move(socket)), warn_(std::move(warn)) {}

  /// How long one request may take, what it streams with it: RequestTimedOut then. Zero: for ever.
  void set_request_timeout(Nanoseconds timeout) { request_timeout_ = timeout; }

  /// The answer's body as JSON. Throws Refused for each status of 400 and above.
  Json json(Call call, std::string_view accept = kJson) const;
  std::string text(Call call) const;
  Json get(const std::string& path, std::vector<std::pair<std::string, std::string>> query = {},
           std::string_view accept = kJson) const;
  /// POST, PUT, DELETE or PATCH with a body.
  Json send(std::string_view method, const std::string& path, const Json& body,
            std::vector<std::pair<std::string, std::string>> query = {},
            std::string_view content_type = kJson) const;
  /// A connection whose answer's head has been read, for streams and upgrades.
  Connection open(const Call& call, std::optional<Moment> deadline = std::nullopt) const;

 private:
  std::string socket_;
  std::function<void(const std::string&)> warn_;
  Nanoseconds request_timeout_{};
};

}  // namespace podrun::client
