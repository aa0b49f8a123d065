// metav1.Status failures: what every refused request answers (apimachinery/pkg/api/errors).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// One entry of status.details.causes: a field error.
struct Cause {
  std::string reason;   // "FieldValueInvalid", "FieldValueRequired", …
  std::string message;  // "Invalid value: 0: must be …"
  std::string field;    // "spec.replicas"
};

/// What the object's kind and name are, as messages and details tell it: `pods "kubia"`.
struct Subject {
  std::string group;     // "" or "apps"
  std::string resource;  // "pods"
  std::string kind;      // "Pod"
  std::string name;
};

class ApiError : public Error {
 public:
  ApiError(int code, std::string reason, std::string message);

  int code() const { return code_; }
  const std::string& reason() const { return reason_; }
  /// The whole Status object.
  Json to_json() const;

  ApiError& about(const Subject& subject);
  ApiError& because(std::vector<Cause> causes);
  ApiError& retry_after(int seconds);
  /// The list may go on from this token (metadata.continue).
  ApiError& continue_at(std::string token);
  int retry_after_seconds() const { return retry_after_; }

 private:
  int code_;
  std::string reason_, message_, continue_;
  Json details_ = Json::object();
  int retry_after_ = 0;
};

/// 404 `pods "kubia" not found`.
ApiError not_found(const Subject& subject);
/// 409 `pods "kubia" already exists`.
ApiError already_exists(const Subject& subject);
/// 409 `Operation cannot be fulfilled on pods "kubia": the object has been modified; please apply
/// your changes to the latest version and try again`.
ApiError conflict(const Subject& subject, const std::string& why = "");
/// 422 `Pod "kubia" is invalid: spec.x: Invalid value: …`, several in brackets.
ApiError invalid(const Subject& subject, std::vector<Cause> causes);
/// 400, 403, 401, 405, 406, 410, 413, 415, 422, 429, 500, 504.
ApiError bad_request(const std::string& message);
ApiError forbidden(const Subject& subject, const std::string& why);
ApiError unauthorized();
ApiError method_not_allowed(const Subject& subject, const std::string& verb);
ApiError not_acceptable(const std::string& accepted);
ApiError expired(const std::string& message);  // 410 Expired: "too old resource version: 1 (5)"
ApiError too_large(const std::string& message);
/// 415; the whole text: "the body of the request was in an unknown format - accepted media types
/// include: …".
ApiError unsupported_media_type(const std::string& message);
/// 422 that speaks of no field: a patch that cannot be applied.
ApiError unprocessable(const std::string& message);
ApiError too_many_requests(const std::string& message, int retry_after);
ApiError internal_error(const std::string& message);
ApiError timed_out(const std::string& message);  // 504 "Timeout: …"

/// What a finished deletion answers: status Success, with the uid of what is gone.
Json success_status(const Subject& subject, const std::string& uid);

}  // namespace podrun::api
