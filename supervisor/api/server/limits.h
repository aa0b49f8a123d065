// What a client may take of the server: bytes, connections, time.
#pragma once

#include <chrono>
#include <cstddef>

namespace podrun::api {

struct Limits {
  std::size_t header_bytes = 32u << 10;  // request line and headers; more is 431
  std::size_t body_bytes = 3u << 20;     // as kube-apiserver's MaxRequestBodyBytes; more is 413
  std::size_t connections = 1024;        // of each listener; one more is closed at once
  /// What a stream's client may leave unread, beyond what the stream began with.
  std::size_t stream_queue_bytes = 8u << 20;
  /// What all of them may leave unread together; beyond it each has its share only.
  std::size_t all_streams_bytes = 16u << 20;
  std::size_t stream_share_bytes = 512u << 10;

  std::chrono::milliseconds handshake_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);  // from the first byte on
  std::chrono::milliseconds body_timeout = std::chrono::seconds(60);    // from the headers on
  std::chrono::milliseconds idle_timeout = std::chrono::minutes(5);     // between requests
  std::chrono::milliseconds stall_timeout =
      std::chrono::seconds(30);  // a client that reads nothing
  std::chrono::milliseconds linger_timeout = std::chrono::seconds(1);  // for its side of the close
};

}  // namespace podrun::api
