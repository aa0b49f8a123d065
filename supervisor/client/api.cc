#include "supervisor/client/api.h"

#include <set>

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

/// `FIELD: MESSAGE` of each cause, each said once.
std::vector<std::string> causes_of(const Json& status) {
  std::vector<std::string> causes;
  std::set<std::string> seen;
  for (const Json& cause : api::at_path(status, "details.causes")) {
    std::string text = api::text_at(cause, "field") + ": " + api::text_at(cause, "message");
    if (seen.insert(text).second) causes.push_back(std::move(text));
  }
  return causes;
}

/// `The Pod "web" is invalid: …`, a line for each cause where there are several.
std::string invalid_text(const Json& status) {
  std::string text = "The " + api::text_at(status, "details.kind") + " \"" +
                     api::text_at(status, "details.name") + "\" is invalid";
  const std::vector<std::string> causes = causes_of(status);
  if (causes.empty()) return text;
  text += ": ";
  if (causes.size() == 1) return text + causes.front();
  for (const std::string& cause : causes) text += "\n* " + cause;
  return text;
}

bool names_object(const Json& status) {
  return !api::text_at(status, "details.kind").empty() ||
         !api::text_at(status, "details.name").empty();
}

}  // namespace

std::string refusal_text(int code, const Json& status) {
  const std::string reason = api::text_at(status, "reason");
  if (reason == "Invalid" && names_object(status)) return invalid_text(status);
  return refusal_among_others(code, status);
}

std::string refusal_among_others(int code, const Json& status) {
  const std::string reason = api::text_at(status, "reason");
  std::string message = api::text_at(status, "message");
  while (message.ends_with('\n')) message.pop_back();
  if (api::text_at(status, "kind") != "Status") {
    return "Error from server: " +
           (message.empty() ? "HTTP status " + std::to_string(code) : message);
  }
  return "Error from server" + (reason.empty() ? "" : " (" + reason + ")") + ": " + message;
}

Refused::Refused(int code, Json status)
    : Error(refusal_text(code, status)), code_(code), status_(std::move(status)) {}

Refused Refused::during(const std::string& act) const {
  Json status = status_;
  status["message"] = act + ": " + message();
  return Refused(code_, std::move(status));
}

Refused Refused::with_hint(const std::string& hint) const {
  Json status = status_;
  status["message"] = message() + "\n" + hint;
  return Refused(code_, std::move(status));
}

std::string Refused::among_others() const { return refusal_among_others(code_, status_); }
std::string Refused::reason() const { return api::text_at(status_, "reason"); }
std::string Refused::message() const { return api::text_at(status_, "message"); }

Connection Api::open(const Call& call, std::optional<Moment> deadline) const {
  Connection connection(socket_);
  connection.set_deadline(deadline);
  if (request_timeout_ > Nanoseconds(0)) {
    connection.set_request_deadline(SystemClock().now() + request_timeout_);
  }
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
