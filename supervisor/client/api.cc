#include "supervisor/client/api.h"

#include "supervisor/api/json_path.h"

namespace podrun::client {
namespace {

constexpr int kFirstFailure = 400;

Json parse_body(const std::string& body) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) throw Error("the daemon's answer is no JSON");
  return json;
}

/// A Status where the body is one, else a text that says what came.
Json status_of(const std::string& body) {
  Json json = Json::parse(body, nullptr, false);
  if (json.is_object() && api::text_at(json, "kind") == "Status") return json;
  return {{"message", body}};
}

}  // namespace

std::string refusal_text(int code, const Json& status) {
  const std::string reason = api::text_at(status, "reason");
  std::string message = api::text_at(status, "message");
  while (message.ends_with('\n')) message.pop_back();
  if (api::text_at(status, "kind") != "Status") {
    return "Error from server: " +
           (message.empty() ? "HTTP status " + std::to_string(code) : message);
  }
  // What is wrong with an object says so itself.
  if (reason == "Invalid" && api::size_at(status, "details.causes") > 0) {
    const std::string kind = api::text_at(status, "details.kind");
    if (!kind.empty()) return "The " + message;
  }
  return "Error from server" + (reason.empty() ? "" : " (" + reason + ")") + ": " + message;
}

Refused::Refused(int code, Json status)
    : Error(refusal_text(code, status)), code_(code), status_(std::move(status)) {}

Refused Refused::during(const std::string& act) const {
  Json status = status_;
  if (reason() != "Invalid") status["message"] = act + ": " + message();
  return Refused(code_, std::move(status));
}

Refused Refused::with_hint(const std::string& hint) const {
  Json status = status_;
  status["message"] = message() + "\n" + hint;
  return Refused(code_, std::move(status));
}

std::string Refused::reason() const { return api::text_at(status_, "reason"); }
std::string Refused::message() const { return api::text_at(status_, "message"); }

Connection Api::open(const Call& call, std::optional<Moment> deadline) const {
  Connection connection(socket_);
  connection.set_deadline(deadline);
  const AnswerHead& head = connection.send(call);
  for (const std::string& warning : head.warnings) {
    if (warn_) warn_(warning);
  }
  if (head.status >= kFirstFailure) {
    const int status = head.status;
    throw Refused(status, status_of(connection.read_rest()));
  }
  return connection;
}

std::string Api::text(Call call) const {
  call.headers.emplace_back("Connection", "close");
  return open(call).read_rest();
}

Json Api::json(Call call, std::string_view accept) const {
  call.headers.emplace_back("Accept", accept);
  return parse_body(text(std::move(call)));
}

Json Api::get(const std::string& path, std::vector<std::pair<std::string, std::string>> query,
              std::string_view accept) const {
  return json({.path = path, .query = std::move(query)}, accept);
}

Json Api::send(std::string_view method, const std::string& path, const Json& body,
               std::vector<std::pair<std::string, std::string>> query,
               std::string_view content_type) const {
  return json({.method = std::string(method),
               .path = path,
               .query = std::move(query),
               .headers = {{"Content-Type", std::string(content_type)}},
               .body = body.dump()});
}

}  // namespace podrun::client
