#include "supervisor/pod/net_probe.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <exception>

#include "base/go_text.h"
#include "supervisor/pod/probe_grpc.h"
#include "supervisor/pod/probe_http.h"
#include "supervisor/pod/probe_stream.h"
#include "supervisor/pod/probe_tcp.h"

namespace podrun::pod {

namespace {

constexpr std::string_view kRequestMark = "podrun-probe-1 ";
constexpr std::string_view kResultMark = "podrun-result-1 ";
constexpr std::size_t kMessageLimit = kNetProbeRecordLimit - 64;  // room for the marks

/// Fields as "<length>:<bytes>".
class FieldWriter {
 public:
  explicit FieldWriter(std::string_view mark) : text_(mark) {}
  void add(std::string_view field) {
    text_.append(std::to_string(field.size())).append(":").append(field);
  }
  void add(std::int64_t number) { add(std::to_string(number)); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class FieldReader {
 public:
  FieldReader(std::string_view bytes, std::string_view mark) : rest_(bytes) {
    failed_ = !rest_.starts_with(mark);
    if (!failed_) rest_.remove_prefix(mark.size());
  }
  std::string text() {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), length);
    const auto used = static_cast<std::size_t>(end - rest_.data());
    if (failed_ || error != std::errc() || used == rest_.size() || *end != ':' ||
        rest_.size() - used - 1 < length) {
      failed_ = true;
      return {};
    }
    std::string field(rest_.substr(used + 1, length));
    rest_.remove_prefix(used + 1 + length);
    return field;
  }
  std::int64_t number(std::int64_t least, std::int64_t most) {
    const std::string field = text();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || value < least || value > most)
      failed_ = true;
    return failed_ ? least : value;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

std::string encode(const NetProbeRequest& request) {
  FieldWriter out(kRequestMark);
  out.add(static_cast<std::int64_t>(request.kind));
  out.add(request.address);
  out.add(request.port);
  out.add(request.timeout.count());
  out.add(request.scheme);
  out.add(request.host);
  out.add(request.path);
  out.add(request.redirects);
  out.add(request.referer);
  out.add(request.service);
  out.add(static_cast<std::int64_t>(request.headers.size()));
  for (const NetProbeHeader& header : request.headers) {
    out.add(header.name);
    out.add(header.value);
  }
  return out.take();
}

std::optional<NetProbeRequest> decode_request(std::string_view bytes) {
  FieldReader in(bytes, kRequestMark);
  NetProbeRequest request;
  request.kind = static_cast<NetProbeKind>(in.number(0, 2));
  request.address = in.text();
  request.port = static_cast<int>(in.number(0, 65535));
  request.timeout = Nanoseconds(in.number(0, INT64_MAX / 2));
  request.scheme = in.text();
  request.host = in.text();
  request.path = in.text();
  request.redirects = static_cast<int>(in.number(0, 1000));
  request.referer = in.text();
  request.service = in.text();
  const std::int64_t headers = in.number(0, 1 << 20);
  for (std::int64_t i = 0; i < headers && !in.failed(); ++i) {
    std::string name = in.text();
    request.headers.push_back({std::move(name), in.text()});
  }
  if (!in.at_end()) return {};
  return request;
}

std::string encode(const NetProbeResult& result) {
  FieldWriter out(kResultMark);
  out.add(static_cast<std::int64_t>(result.kind));
  out.add(result.message);
  return out.take();
}

std::optional<NetProbeResult> decode_result(std::string_view bytes) {
  FieldReader in(bytes, kResultMark);
  NetProbeResult result;
  result.kind = static_cast<NetProbeResult::Kind>(in.number(0, NetProbeResult::kContinueOverTls));
  result.message = in.text();
  if (!in.at_end()) return {};
  return result;
}

bool needs_tls(const NetProbeRequest& request) {
  return request.kind == NetProbeKind::kHttp && request_url(request).scheme == "https";
}

namespace {

NetProbeResult make_by_kind(const NetProbeRequest& request) {
  const Deadline deadline = Deadline::after(request.timeout);
  switch (request.kind) {
    case NetProbeKind::kHttp:
      return make_http_probe(request, connect_plainly, deadline);
    case NetProbeKind::kTcp:
      return make_tcp_probe(request, deadline);
    case NetProbeKind::kGrpc:
      return make_grpc_probe(request, deadline);
  }
  return {NetProbeResult::kError, "unknown kind of probe"};
}

}  // namespace

NetProbeResult make_net_probe(const NetProbeRequest& request) noexcept {
  try {
    NetProbeResult result = make_by_kind(request);
    const bool shown = result.kind != NetProbeResult::kContinueOverTls;
    if (shown && result.message.size() > kMessageLimit) result.message.resize(kMessageLimit);
    return result;
  } catch (const std::exception& error) {
    return {NetProbeResult::kError, error.what()};
  }
}

void write_result(int fd, const NetProbeResult& result) {
  const std::string record = encode(result);
  std::string_view rest = record;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno != EINTR) return;
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

void run_net_probe(const char* argument, std::size_t length) {
  const auto request = decode_request({argument, length});
  write_result(1, request ? make_net_probe(*request)
                          : NetProbeResult{NetProbeResult::kError, "not a probe request"});
  ::_exit(0);
}

std::string timeout_message(const NetProbeRequest& request) {
  switch (request.kind) {
    case NetProbeKind::kHttp:
      return http_timeout_message(request_url(request));
    case NetProbeKind::kTcp:
      return "dial tcp " + join_host_port(request.address, request.port) + ": i/o timeout";
    case NetProbeKind::kGrpc:
      return grpc_timeout_message(request);
  }
  return "timeout";
}

}  // namespace podrun::pod
