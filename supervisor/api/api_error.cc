#include "supervisor/api/api_error.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::api {
namespace {

/// `name.group` as schema.GroupResource and GroupKind print themselves.
std::string qualified(const std::string& name, const std::string& group) {
  return group.empty() ? name : name + "." + group;
}

std::string named_resource(const Subject& subject) {
  return qualified(subject.resource, subject.group) + " " + go_quote(subject.name);
}

/// field.ErrorList as one text: equal ones once, several in brackets.
std::string aggregate(const std::vector<Cause>& causes) {
  std::vector<std::string> texts;
  for (const Cause& cause : causes) {
    std::string text = cause.field.empty() ? cause.message : cause.field + ": " + cause.message;
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  }
  if (texts.size() == 1) return texts.front();
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return "[" + all + "]";
}

Json details_of(const Subject& subject, const std::string& kind) {
  Json details = Json::object();
  if (!subject.name.empty()) details["name"] = subject.name;
  if (!subject.group.empty()) details["group"] = subject.group;
  if (!kind.empty()) details["kind"] = kind;
  return details;
}

Json status_of(const char* status) {
  return {
      {"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Json::object()}, {"status", status}};
}

}  // namespace

ApiError::ApiError(int code, std::string reason, std::string message)
    : Error(message), code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

Json ApiError::to_json() const {
  Json status = status_of("Failure");
  if (!continue_.empty()) status["metadata"]["continue"] = continue_;
  status["message"] = message_;
  if (!reason_.empty()) status["reason"] = reason_;
  Json details = details_;
  if (retry_after_ > 0) details["retryAfterSeconds"] = retry_after_;
  if (!details.empty()) status["details"] = std::move(details);
  status["code"] = code_;
  return status;
}

ApiError& ApiError::about(const Subject& subject) {
  Json details = details_of(subject, subject.resource.empty() ? subject.kind : subject.resource);
  if (const auto causes = details_.find("causes"); causes != details_.end()) {
    details["causes"] = *causes;
  }
  details_ = std::move(details);
  return *this;
}

ApiError& ApiError::because(std::vector<Cause> causes) {
  Json list = Json::array();
  for (Cause& cause : causes) {
    Json entry = Json::object();
    if (!cause.reason.empty()) entry["reason"] = std::move(cause.reason);
    if (!cause.message.empty()) entry["message"] = std::move(cause.message);
    if (!cause.field.empty()) entry["field"] = std::move(cause.field);
    list.push_back(std::move(entry));
  }
  if (list.empty()) {
    details_.erase("causes");
  } else {
    details_["causes"] = std::move(list);
  }
  return *this;
}

ApiError& ApiError::retry_after(int seconds) {
  retry_after_ = seconds;
  return *this;
}

ApiError& ApiError::continue_at(std::string token) {
  continue_ = std::move(token);
  return *this;
}

ApiError not_found(const Subject& subject) {
  return ApiError(404, "NotFound", named_resource(subject) + " not found").about(subject);
}

ApiError already_exists(const Subject& subject) {
  return ApiError(409, "AlreadyExists", named_resource(subject) + " already exists").about(subject);
}

ApiError conflict(const Subject& subject, const std::string& why) {
  const char* moved_on =
      "the object has been modified; please apply your changes to the latest version and try again";
  return ApiError(409, "Conflict",
                  "Operation cannot be fulfilled on " + named_resource(subject) + ": " +
                      (why.empty() ? moved_on : why))
      .about(subject);
}

ApiError invalid(const Subject& subject, std::vector<Cause> causes) {
  std::string message =
      qualified(subject.kind, subject.group) + " " + go_quote(subject.name) + " is invalid";
  if (!causes.empty()) message += ": " + aggregate(causes);
  Subject by_kind = subject;
  by_kind.resource.clear();  // NewInvalid's details.kind is the kind, all others' is the resource
  return ApiError(422, "Invalid", message).about(by_kind).because(std::move(causes));
}

ApiError bad_request(const std::string& message) { return {400, "BadRequest", message}; }

ApiError forbidden(const Subject& subject, const std::string& why) {
  std::string what;
  if (!subject.resource.empty()) {
    what =
        subject.name.empty() ? qualified(subject.resource, subject.group) : named_resource(subject);
    what += " is ";
  }
  return ApiError(403, "Forbidden", what + "forbidden: " + why).about(subject);
}

ApiError unauthorized() { return {401, "Unauthorized", "Unauthorized"}; }

ApiError method_not_allowed(const Subject& subject, const std::string& verb) {
  Subject of_all = subject;
  of_all.name.clear();
  return ApiError(405, "MethodNotAllowed",
                  verb + " is not supported on resources of kind " +
                      go_quote(qualified(subject.resource, subject.group)))
      .about(of_all);
}

ApiError not_acceptable(const std::string& accepted) {
  return {406, "NotAcceptable", "only the following media types are accepted: " + accepted};
}

ApiError expired(const std::string& message) { return {410, "Expired", message}; }

ApiError too_large(const std::string& message) {
  return {413, "RequestEntityTooLarge", "Request entity is too large: " + message};
}

ApiError unsupported_media_type(const std::string& message) {
  return {415, "UnsupportedMediaType", message};
}

ApiError unprocessable(const std::string& message) { return {422, "Invalid", message}; }

ApiError too_many_requests(const std::string& message, int retry_after) {
  return ApiError(429, "TooManyRequests", message).retry_after(retry_after);
}

ApiError internal_error(const std::string& message) {
  return ApiError(500, "InternalError", "Internal error occurred: " + message)
      .because({{"", message, ""}});
}

ApiError timed_out(const std::string& message) { return {504, "Timeout", "Timeout: " + message}; }

Json success_status(const Subject& subject, const std::string& uid) {
  Json status = status_of("Success");
  Json details = details_of(subject, subject.resource);
  if (!uid.empty()) details["uid"] = uid;
  if (!details.empty()) status["details"] = std::move(details);
  return status;
}

}  // namespace podrun::api
