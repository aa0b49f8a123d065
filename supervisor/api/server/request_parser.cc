#include "supervisor/api/server/request_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cctype>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "supervisor/api/server/target.h"

namespace podrun::api {

namespace http = boost::beast::http;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// Whether each quoted string of a chunk's line ends in it and is of characters that may stand
/// there (RFC 9110, section 5.6.4).
bool is_quoted_well(std::string_view line) {
  bool quoted = false;
  bool escaped = false;
  for (const char c : line) {
    if (quoted && c != '\t' && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) return false;
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
  }
  return !quoted;
}

bool is_last_chunk(std::string_view line) {
  const std::size_t size = line.find_first_not_of('0');
  return line.starts_with('0') &&
         (size == std::string_view::npos || !std::isxdigit(static_cast<unsigned char>(line[size])));
}

}  // namespace

/// Beast's parser, which writes straight into a Request. It gets the headers in one piece: given in
/// parts, Beast 1.74 measures its header limit for each part anew.
struct RequestParser::Impl final : http::basic_parser<true> {
  explicit Impl(const Limits& given) : limits(given) {
    eager(false);
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(given.body_bytes);
  }

  std::size_t feed(std::string_view bytes);
  std::size_t feed_head(std::string_view bytes);
  bool has_chunk_line(std::string_view bytes);
  std::size_t put_some(std::string_view bytes);
  void finish_head();
  void fail(int status, std::string message);
  void fail(const error_code& error);

  // basic_parser
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                       int version, error_code&) override;
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     error_code&) override;
  void on_header_impl(error_code&) override { head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, beast::string_view, error_code&) override {
    chunk_left = size;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  const Limits limits;
  State state = State::kMore;
  Failure failure;
  Request request;
  std::string raw_target;
  std::uint64_t chunk_left = 0;   // 0: the next bytes are a chunk's line
  std::size_t head_searched = 0;  // bytes known not to hold the end of the headers
  bool head_done = false;
  bool is_head = false;
  bool http_10 = false;
};

void RequestParser::Impl::fail(int status, std::string message) {
  state = State::kFailed;
  failure = {status, std::move(message)};
}

void RequestParser::Impl::fail(const error_code& error) {
  if (error == http::error::body_limit)
    return fail(413, "limit is " + std::to_string(limits.body_bytes));
  if (error == http::error::bad_version) return fail(505, "unsupported protocol version");
  fail(400, "malformed HTTP request: " + error.message());
}

void RequestParser::Impl::on_request_impl(http::verb, beast::string_view method,
                                          beast::string_view target, int version, error_code&) {
  is_head = method == "HEAD";
  http_10 = version == 10;
  request.method = is_head ? "GET" : std::string(view(method));
  raw_target = std::string(view(target));
}

void RequestParser::Impl::on_field_impl(http::field, beast::string_view name,
                                        beast::string_view value, error_code&) {
  if (head_done) return;  // a trailer changes nothing
  auto [it, added] = request.headers.try_emplace(lowercase(view(name)), view(value));
  if (!added) it->second.append(", ").append(view(value));
}

std::size_t RequestParser::Impl::on_body_impl(beast::string_view body, error_code&) {
  request.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::Impl::on_chunk_body_impl(std::uint64_t, beast::string_view body,
                                                    error_code& error) {
  chunk_left -= body.size();
  return on_body_impl(body, error);
}

std::size_t RequestParser::Impl::feed_head(std::string_view bytes) {
  if (bytes.starts_with("\r\n") && head_searched == 0) return 2;  // RFC 9112, section 2.2
  const auto end = bytes.find("\r\n\r\n", head_searched);
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + 4;
  if (length > limits.header_bytes) {
    fail(431, "request headers too large: limit is " + std::to_string(limits.header_bytes));
    return 0;
  }
  if (end == std::string_view::npos) {
    head_searched = bytes.size() < 3 ? 0 : bytes.size() - 3;
    return 0;
  }
  error_code error;
  const std::size_t taken = put({bytes.data(), length}, error);
  if (error || !head_done) {
    fail(error ? error : error_code(http::error::partial_message));
    return 0;
  }
  finish_head();
  return taken;
}

void RequestParser::Impl::finish_head() {
  if (!http_10 && !request.headers.contains("host"))
    return fail(400, "missing required Host header");
  if (const auto coding = request.headers.find("transfer-encoding");
      coding != request.headers.end()) {
    if (http_10 || lowercase(coding->second) != "chunked")
      return fail(400, "unsupported transfer encoding \"" + coding->second + "\"");
  }
  if (const auto expect = request.headers.find("expect");
      expect != request.headers.end() && lowercase(expect->second) != "100-continue")
    return fail(417, "unsupported expectation \"" + expect->second + "\"");
  try {
    Target target = api::parse_target(raw_target);
    request.path = std::move(target.path);
    request.query = std::move(target.query);
  } catch (const BadInput& error) {
    return fail(400, error.what());
  }
  state = State::kHead;
}

/// Whether a chunk's line is there, whole, and with a last chunk the trailers. Beast 1.74 gets no
/// less: it looks for the end of a quoted string beyond the line, takes the chunk's size from the
/// body's limit each time that it looks, and asserts that a last chunk does not come byte by byte.
bool RequestParser::Impl::has_chunk_line(std::string_view bytes) {
  const std::size_t start = bytes.starts_with("\r\n") ? 2 : 0;  // the end of the chunk before
  const std::size_t line_end = bytes.find("\r\n", start);
  const std::string_view line = bytes.substr(start, line_end - start);
  const std::string_view mark =
      line_end != std::string_view::npos && is_last_chunk(line) ? "\r\n\r\n" : "\r\n";
  const std::size_t end = bytes.find(mark, start);
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + mark.size();
  if (length > limits.header_bytes) {
    fail(400, "malformed HTTP request: chunk header or trailer too large");
    return false;
  }
  if (end == std::string_view::npos) return false;
  if (is_quoted_well(line)) return true;
  fail(http::error::bad_chunk_extension);
  return false;
}

/// One element of the body; 0 where more bytes are needed.
std::size_t RequestParser::Impl::put_some(std::string_view bytes) {
  if (chunked() && chunk_left == 0 && !has_chunk_line(bytes)) return 0;
  error_code error;
  const std::size_t taken = put({bytes.data(), bytes.size()}, error);
  if (error && error != http::error::need_more) fail(error);
  return taken;
}

std::size_t RequestParser::Impl::feed(std::string_view bytes) {
  if (state == State::kDone || state == State::kFailed) return 0;
  std::size_t taken = 0;
  if (!head_done) {
    while (state == State::kMore) {
      const std::size_t step = feed_head(bytes.substr(taken));
      taken += step;
      if (step == 0) break;
    }
    return taken;
  }
  state = State::kMore;
  while (!is_done() && state == State::kMore && taken < bytes.size()) {
    const std::size_t step = put_some(bytes.substr(taken));
    taken += step;
    // The step that finds a chunk's end may take nothing of what it saw.
    if (step == 0) break;
  }
  if (state != State::kFailed && is_done()) state = State::kDone;
  return taken;
}

RequestParser::RequestParser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::RequestParser(RequestParser&&) noexcept = default;
RequestParser& RequestParser::operator=(RequestParser&&) noexcept = default;
RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) { return impl_->feed(bytes); }
RequestParser::State RequestParser::state() const { return impl_->state; }
const RequestParser::Failure& RequestParser::failure() const { return impl_->failure; }
const Request& RequestParser::request() const { return impl_->request; }
Request RequestParser::take_request() { return std::move(impl_->request); }
bool RequestParser::keep_alive() const { return impl_->head_done && impl_->keep_alive(); }
bool RequestParser::is_http_10() const { return impl_->http_10; }
bool RequestParser::is_head() const { return impl_->is_head; }
bool RequestParser::expects_continue() const {
  return !impl_->http_10 && !impl_->is_done() && impl_->request.headers.contains("expect");
}

}  // namespace podrun::api
