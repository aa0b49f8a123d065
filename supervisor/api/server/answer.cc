#include "supervisor/api/server/answer.h"

#include <boost/beast/http/status.hpp>
#include <charconv>

#include "supervisor/api/api_error.h"

namespace podrun::api {

namespace {

/// RFC 9110's IMF-fixdate.
void add_date(std::string& head, std::time_t now) {
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[64];
  head.append("Date: ").append(
      text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
}

void add_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) head.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
  head.append("\r\n");
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

ApiError error_for(int status, const std::string& message) {
  switch (status) {
    case 400:
      return bad_request(message);
    case 401:
      return unauthorized();
    case 413:
      return too_large(message);
    case 500:
      return internal_error(message);
    default:
      return {status, "", message};
  }
}

}  // namespace

std::string answer_head(const Response& response, const Framing& framing, std::time_t now) {
  namespace http = boost::beast::http;
  const auto reason = http::obsolete_reason(
      http::int_to_status(response.status < 0 ? 0u : static_cast<unsigned>(response.status)));
  std::string head = "HTTP/1.1 ";
  head.append(std::to_string(response.status)).append(" ");
  head.append(reason.data(), reason.size()).append("\r\n");
  for (const auto& [name, value] : response.headers) add_header(head, name, value);
  if (response.status == 101) return head.append("\r\n");
  add_date(head, now);
  if (has_body(response.status)) {
    if (!response.content_type.empty()) add_header(head, "Content-Type", response.content_type);
    if (!response.stream) {
      add_header(head, "Content-Length", std::to_string(response.body.size()));
    } else if (!framing.http_10) {
      head.append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (!framing.keep_alive) {
    head.append("Connection: close\r\n");
  } else if (framing.http_10) {
    head.append("Connection: keep-alive\r\n");
  }
  return head.append("\r\n");
}

std::string chunk_head(std::size_t size) {
  char digits[2 * sizeof size];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  return std::string(digits, end).append("\r\n");
}

Response refusal(int status, const std::string& message) {
  Response response;
  response.status = status;
  response.body =
      error_for(status, message).to_json().dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

}  // namespace podrun::api
