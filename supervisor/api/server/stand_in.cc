// Until podrun_api_types is here: the parts of it that the server uses. Not for use elsewhere.
#include "supervisor/api/api_error.h"
#include "supervisor/api/http.h"

namespace podrun::api {

ApiError::ApiError(int code, std::string reason, std::string message)
    : Error(message), code_(code), reason_(std::move(reason)), message_(std::move(message)) {}

Json ApiError::to_json() const {
  return {{"kind", "Status"},    {"apiVersion", "v1"},  {"metadata", Json::object()},
          {"status", "Failure"}, {"message", message_}, {"reason", reason_},
          {"details", details_}, {"code", code_}};
}

ApiError bad_request(const std::string& message) { return {400, "BadRequest", message}; }
ApiError unauthorized() { return {401, "Unauthorized", "Unauthorized"}; }
ApiError too_large(const std::string& message) { return {413, "RequestEntityTooLarge", message}; }
ApiError internal_error(const std::string& message) {
  return {500, "InternalError", "Internal error occurred: " + message};
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

std::string_view Request::header(std::string_view name) const {
  const auto it = headers.find(name);
  return it == headers.end() ? std::string_view() : std::string_view(it->second);
}

}  // namespace podrun::api
