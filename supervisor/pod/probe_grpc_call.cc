#include "supervisor/pod/probe_grpc_call.h"

#include <array>
#include <charconv>

#include "supervisor/pod/probe_grpc_wire.h"

namespace podrun::pod {

namespace {

// RFC 9113, 6.
enum FrameType { kData, kHeaders, kPriority, kRstStream, kSettings, kPushPromise, kPing, kGoAway };
constexpr int kWindowUpdate = 8;
constexpr int kContinuation = 9;
constexpr int kEndStream = 0x1, kAck = 0x1, kEndHeaders = 0x4, kPadded = 0x8, kPriorityFlag = 0x20;
constexpr std::size_t kFrameHeader = 9;
constexpr std::size_t kFrameLimit = 16384;         // SETTINGS_MAX_FRAME_SIZE's initial value
constexpr std::size_t kMessageLimit = 4u << 20;    // grpc-go's
constexpr std::size_t kBlockBytesLimit = 1 << 20;  // a header block over all its frames
constexpr std::uint32_t kStream = 1;

constexpr std::array<const char*, 14> kHttp2Errors = {"NO_ERROR",
                                                      "PROTOCOL_ERROR",
                                                      "INTERNAL_ERROR",
                                                      "FLOW_CONTROL_ERROR",
                                                      "SETTINGS_TIMEOUT",
                                                      "STREAM_CLOSED",
                                                      "FRAME_SIZE_ERROR",
                                                      "REFUSED_STREAM",
                                                      "CANCEL",
                                                      "COMPRESSION_ERROR",
                                                      "CONNECT_ERROR",
                                                      "ENHANCE_YOUR_CALM",
                                                      "INADEQUATE_SECURITY",
                                                      "HTTP_1_1_REQUIRED"};

std::uint32_t number(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_number(std::string& to, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

struct GrpcHealthCall::Frame {
  int type = 0, flags = 0;
  std::uint32_t stream = 0;
  std::string_view payload;

  bool has(int flag) const { return (flags & flag) != 0; }
  /// The payload without padding and, of HEADERS, priority; nothing where the lengths do not fit.
  std::optional<std::string_view> content() const {
    std::string_view rest = payload;
    std::size_t padding = 0;
    if (has(kPadded)) {
      if (rest.empty()) return {};
      padding = static_cast<unsigned char>(rest.front());
      rest.remove_prefix(1);
    }
    if (type == kHeaders && has(kPriorityFlag)) {
      if (rest.size() < 5) return {};
      rest.remove_prefix(5);
    }
    if (padding > rest.size()) return {};
    return rest.substr(0, rest.size() - padding);
  }
};

GrpcHealthCall::GrpcHealthCall(std::string authority, std::string service)
    : authority_(std::move(authority)), service_(std::move(service)) {
  output_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  std::string settings;
  append_number(settings, 2, 2);  // SETTINGS_ENABLE_PUSH
  append_number(settings, 0, 4);
  send_frame(kSettings, 0, 0, settings);
}

void GrpcHealthCall::send_frame(int type, int flags, std::uint32_t stream,
                                std::string_view payload) {
  append_number(output_, static_cast<std::uint32_t>(payload.size()), 3);
  output_ += static_cast<char>(type);
  output_ += static_cast<char>(flags);
  append_number(output_, stream, 4);
  output_ += payload;
}

void GrpcHealthCall::done(int code, std::string message) {
  state_ = State::kDone;
  outcome_.code = code;
  outcome_.message = std::move(message);
}

void GrpcHealthCall::broken(std::string_view why) {
  if (state_ == State::kConnecting) {
    state_ = State::kUnused;
  } else {
    done(kGrpcUnavailable, "error reading from server: " + std::string(why));
  }
}

void GrpcHealthCall::end(std::string_view error) {
  if (!finished()) broken(error.empty() ? "EOF" : error);
}

void GrpcHealthCall::feed(std::string_view bytes, Nanoseconds left) {
  input_ += bytes;
  std::string_view rest = input_;
  while (!finished() && rest.size() >= kFrameHeader) {
    const std::size_t length = number(rest.substr(0, 3));
    if (length > kFrameLimit) return broken("http2: frame too large");
    if (rest.size() < kFrameHeader + length) break;
    Frame next;
    next.type = static_cast<unsigned char>(rest[3]);
    next.flags = static_cast<unsigned char>(rest[4]);
    next.stream = number(rest.substr(5, 4)) & 0x7fffffff;
    next.payload = rest.substr(kFrameHeader, length);
    rest.remove_prefix(kFrameHeader + length);
    frame(next, left);
  }
  input_.erase(0, input_.size() - rest.size());
}

void GrpcHealthCall::frame(const Frame& frame, Nanoseconds left) {
  if (state_ == State::kConnecting) {
    if (frame.type != kSettings || frame.has(kAck)) return broken("no server preface");
    send_frame(kSettings, kAck, 0, {});
    return begin_call(left);
  }
  if (in_block_ && (frame.type != kContinuation || frame.stream != block_stream_))
    return broken("connection error: PROTOCOL_ERROR");
  switch (frame.type) {
    case kData:
      return data(frame);
    case kHeaders:
      return headers(frame);
    case kContinuation:
      return continuation(frame);
    case kRstStream:
      return reset(frame);
    case kGoAway:
      return go_away(frame);
    case kSettings:
      if (!frame.has(kAck)) send_frame(kSettings, kAck, 0, {});
      return;
    case kPing:
      if (frame.payload.size() != 8) return broken("connection error: FRAME_SIZE_ERROR");
      if (!frame.has(kAck)) send_frame(kPing, kAck, 0, frame.payload);
      return;
    case kPushPromise:
      return broken("connection error: PROTOCOL_ERROR");
    default:  // PRIORITY, WINDOW_UPDATE (so little is sent that no window matters), unknown types
      return;
  }
}

void GrpcHealthCall::begin_call(Nanoseconds left) {
  std::string block;
  hpack_append_literal(block, ":method", "POST");
  hpack_append_literal(block, ":scheme", "http");
  hpack_append_literal(block, ":path", "/grpc.health.v1.Health/Check");
  hpack_append_literal(block, ":authority", authority_);
  hpack_append_literal(block, "content-type", "application/grpc");
  hpack_append_literal(block, "user-agent", "kube-probe/1.31");
  hpack_append_literal(block, "te", "trailers");
  hpack_append_literal(block, "grpc-timeout", grpc_timeout_text(left));
  send_frame(kHeaders, kEndHeaders, kStream, block);

  const std::string message = grpc_health_request(service_);
  constexpr std::size_t kInitialWindow = 65535;
  if (message.size() > kInitialWindow)
    return done(kGrpcResourceExhausted, "the service's name is longer than 65530 bytes");
  std::string_view rest = message;
  while (rest.size() > kFrameLimit) {
    send_frame(kData, 0, kStream, rest.substr(0, kFrameLimit));
    rest.remove_prefix(kFrameLimit);
  }
  send_frame(kData, kEndStream, kStream, rest);
  state_ = State::kCalling;
}

void GrpcHealthCall::data(const Frame& frame) {
  if (!frame.payload.empty()) {
    std::string increment;
    append_number(increment, static_cast<std::uint32_t>(frame.payload.size()), 4);
    send_frame(kWindowUpdate, 0, 0, increment);
    if (!frame.has(kEndStream)) send_frame(kWindowUpdate, 0, frame.stream, increment);
  }
  if (frame.stream != kStream) return;
  const auto content = frame.content();
  if (!content) return broken("connection error: PROTOCOL_ERROR");
  message_ += *content;
  if (!read_message()) return;
  if (frame.has(kEndStream))
    done(kGrpcInternal, "server closed the stream without sending trailers");
}

/// False where the call is over.
bool GrpcHealthCall::read_message() {
  constexpr std::size_t kPrefix = 5;
  if (message_.size() < kPrefix) return true;
  const std::size_t length = number(std::string_view(message_).substr(1, 4));
  if (message_[0] == 1) {
    done(kGrpcInternal, "grpc: compressed flag set with identity or empty encoding");
  } else if (message_[0] != 0) {
    done(kGrpcInternal, "grpc: received unexpected payload format " +
                            std::to_string(static_cast<unsigned char>(message_[0])));
  } else if (length > kMessageLimit) {
    done(kGrpcResourceExhausted, "grpc: received message larger than max (" +
                                     std::to_string(length) + " vs. " +
                                     std::to_string(kMessageLimit) + ")");
  } else if (message_.size() > kPrefix + length) {
    done(kGrpcInternal,
         "cardinality violation: expected <EOF> for non server-streaming RPCs, but "
         "received another message");
  } else if (message_.size() == kPrefix + length && !outcome_.health) {
    outcome_.health = grpc_health_status(std::string_view(message_).substr(kPrefix));
    if (!outcome_.health)
      done(kGrpcInternal,
           "grpc: failed to unmarshal the received message: proto: cannot parse "
           "invalid wire-format data");
  }
  return state_ != State::kDone;
}

void GrpcHealthCall::headers(const Frame& frame) {
  const auto content = frame.content();
  if (!content) return broken("connection error: PROTOCOL_ERROR");
  in_block_ = true;
  block_stream_ = frame.stream;
  block_ends_stream_ = frame.has(kEndStream);
  block_ = *content;
  if (frame.has(kEndHeaders)) header_block_ends();
}

void GrpcHealthCall::continuation(const Frame& frame) {
  if (!in_block_) return broken("connection error: PROTOCOL_ERROR");
  block_ += frame.payload;
  if (block_.size() > kBlockBytesLimit) return broken("connection error: ENHANCE_YOUR_CALM");
  if (frame.has(kEndHeaders)) header_block_ends();
}

void GrpcHealthCall::header_block_ends() {
  in_block_ = false;
  const auto fields = hpack_.decode(block_);
  block_.clear();
  if (!fields) return broken("connection error: COMPRESSION_ERROR");
  if (block_stream_ != kStream) return;
  if (block_ends_stream_) {
    trailers(*fields);
  } else {
    response_headers(*fields);
  }
}

void GrpcHealthCall::response_headers(const std::vector<HpackField>& fields) {
  const std::string* status = hpack_find(fields, ":status");
  if (status != nullptr && status->size() == 3 && status->front() == '1') return;  // informational
  if (headers_seen_)
    return done(kGrpcInternal, "a HEADERS frame cannot appear in the middle of a stream");
  headers_seen_ = true;
  int code = 0;
  if (const std::string why = not_grpc(fields, code); !why.empty()) done(code, why);
}

void GrpcHealthCall::trailers(const std::vector<HpackField>& fields) {
  int code = 0;
  if (!headers_seen_) {
    if (const std::string why = not_grpc(fields, code); !why.empty()) return done(code, why);
  }
  code = kGrpcUnknown;
  if (const std::string* status = hpack_find(fields, "grpc-status")) {
    const char* const end = status->data() + status->size();
    if (std::from_chars(status->data(), end, code).ptr != end || status->empty() || code < 0)
      return done(kGrpcUnknown, "malformed grpc-status: " + *status);
  }
  const std::string* message = hpack_find(fields, "grpc-message");
  done(code, message != nullptr ? grpc_percent_decoded(*message) : std::string());
}

void GrpcHealthCall::reset(const Frame& frame) {
  if (frame.payload.size() != 4) return broken("connection error: FRAME_SIZE_ERROR");
  if (frame.stream != kStream) return;
  const std::uint32_t error = number(frame.payload);
  const std::string name = error < kHttp2Errors.size()
                               ? kHttp2Errors[error]
                               : "unknown error code " + std::to_string(error);
  const int code = name == "REFUSED_STREAM"        ? kGrpcUnavailable
                   : name == "CANCEL"              ? kGrpcCanceled
                   : name == "ENHANCE_YOUR_CALM"   ? kGrpcResourceExhausted
                   : name == "FLOW_CONTROL_ERROR"  ? kGrpcResourceExhausted
                   : name == "INADEQUATE_SECURITY" ? kGrpcPermissionDenied
                                                   : kGrpcInternal;
  done(code, "stream terminated by RST_STREAM with error code: " + name);
}

void GrpcHealthCall::go_away(const Frame& frame) {
  if (frame.payload.size() < 8) return broken("connection error: FRAME_SIZE_ERROR");
  const bool processed = (number(frame.payload.substr(0, 4)) & 0x7fffffff) >= kStream;
  if (!processed) state_ = State::kUnused;
}

}  // namespace podrun::pod
