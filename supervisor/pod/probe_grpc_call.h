// One call of grpc.health.v1.Health/Check on one HTTP/2 connection, as bytes in and bytes out.
// Pure, total and bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/probe_hpack.h"

namespace podrun::pod {

/// How a call ended. The words are grpc-go's.
struct GrpcOutcome {
  int code = 0;         // grpc-status
  std::string message;  // grpc-message
  /// The answer's status; nothing where no message came with code 0.
  std::optional<std::uint64_t> health;
};

class GrpcHealthCall {
 public:
  enum class State {
    kConnecting,  // until the server's SETTINGS
    kCalling,
    kDone,    // outcome() is valid
    kUnused,  // the connection cannot be used, and the call was not processed: try another one
  };

  /// The connection is open: output() holds the first bytes.
  GrpcHealthCall(std::string authority, std::string service);

  /// What is to be sent now; the caller takes it.
  std::string take_output() { return std::exchange(output_, {}); }
  /// `left`: for the call's grpc-timeout, if it begins now.
  void feed(std::string_view bytes, Nanoseconds left);
  /// The connection ended; `error` is empty for an orderly end.
  void end(std::string_view error = {});

  State state() const { return state_; }
  bool finished() const { return state_ == State::kDone || state_ == State::kUnused; }
  const GrpcOutcome& outcome() const { return outcome_; }

 private:
  struct Frame;
  void done(int code, std::string message);
  void broken(std::string_view why);
  void frame(const Frame& frame, Nanoseconds left);
  void begin_call(Nanoseconds left);
  void data(const Frame& frame);
  void headers(const Frame& frame);
  void continuation(const Frame& frame);
  void header_block_ends();
  void response_headers(const std::vector<HpackField>& fields);
  void trailers(const std::vector<HpackField>& fields);
  void reset(const Frame& frame);
  void go_away(const Frame& frame);
  bool read_message();
  void send_frame(int type, int flags, std::uint32_t stream, std::string_view payload);

  std::string authority_, service_;
  State state_ = State::kConnecting;
  GrpcOutcome outcome_;
  std::string output_, input_;
  HpackDecoder hpack_;
  std::string block_;  // a header block under way
  std::uint32_t block_stream_ = 0;
  bool in_block_ = false, block_ends_stream_ = false, headers_seen_ = false;
  std::string message_;  // with its prefix
};

}  // namespace podrun::pod
