// A request and what answers it, free of the transport: the API is tested through these.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podrun::api {

/// Who asks, as authentication found out.
struct User {
  std::string name;                 // "system:admin", "system:serviceaccount:default:default"
  std::vector<std::string> groups;  // "system:masters"
};

struct Request {
  std::string method;                                       // "GET"
  std::string path;                                         // decoded, "/api/v1/pods"
  std::vector<std::pair<std::string, std::string>> query;   // decoded, in order
  std::map<std::string, std::string, std::less<>> headers;  // names in lower case
  std::string body;
  User user;

  /// The first value of a query parameter, or "".
  std::string_view parameter(std::string_view name) const;
  bool has_parameter(std::string_view name) const;
  std::vector<std::string_view> parameters(std::string_view name) const;
  std::string_view header(std::string_view name) const;
};

/// Where a handler writes a stream (watch, follow). Used on the server's thread only.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  /// Queues bytes; false once the client is gone or too slow: the stream then ends.
  virtual bool write(std::string_view bytes) = 0;
  virtual void close() = 0;
};
/// Held by the transport as long as the client is connected; its destruction ends the stream.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Called each Response::stream_tick.
  virtual void tick() {}
};

/// A connection taken over after a 101 answer (exec, attach, port-forward): the transport hands
/// over its raw bytes.
class UpgradeSink {
 public:
  virtual ~UpgradeSink() = default;
  virtual bool write(std::string_view bytes) = 0;
  virtual void close() = 0;
};
class Upgrade {
 public:
  virtual ~Upgrade() = default;
  virtual void on_bytes(std::string_view bytes) = 0;
  virtual void on_close() = 0;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;  // besides type and length
  std::string body;
  /// The body follows as a stream (chunked). Called once the head was sent.
  std::function<std::unique_ptr<Stream>(std::shared_ptr<StreamSink>)> stream;
  /// Of a stream: the time after which it ends, and between its ticks; zero: never.
  std::chrono::seconds stream_time{0}, stream_tick{0};
  /// The connection is taken over: status is 101 and `headers` say to what.
  std::function<std::unique_ptr<Upgrade>(std::shared_ptr<UpgradeSink>)> upgrade;
  /// Sent only after the next Store::commit(): it acknowledges a write.
  bool after_commit = false;
};

/// Answers a request; called on the server's thread. Throws nothing.
using Handler = std::function<Response(const Request&)>;

}  // namespace podrun::api
