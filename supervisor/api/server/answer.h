// The bytes of an answer: status line, headers, chunks, and Status bodies.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "supervisor/api/http.h"

namespace podrun::api {

/// What the transport decides about an answer.
struct Framing {
  bool keep_alive = true;
  bool http_10 = false;
  bool is_head = false;  // Content-Length as a GET would have it, no body
};

/// Status line and headers up to the empty line. Where the response is a stream, it is chunked (for
/// HTTP/1.0: up to the connection's end). A header's line breaks become spaces.
std::string answer_head(const Response& response, const Framing& framing, std::time_t now);

/// One chunk around `bytes`, appended to `to`.
std::string chunk_head(std::size_t size);
constexpr std::string_view kChunkEnd = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// A metav1.Status for what the transport itself refuses.
Response refusal(int status, const std::string& message);

}  // namespace podrun::api
