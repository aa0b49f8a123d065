#include "supervisor/client/answer_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace podrun::client {

namespace http = boost::beast::http;
namespace beast = boost::beast;
using boost::system::error_code;

namespace {

/// The daemon is trusted; this bounds what a stranger on the socket can make of a header.
constexpr std::uint32_t kHeaderLimit = 1u << 20;

}  // namespace

struct AnswerParser::Impl final : http::basic_parser<false> {
  Impl() {
    eager(true);
    header_limit(kHeaderLimit);
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  void feed(std::string_view bytes) {
    input.append(bytes);
    std::size_t taken = 0;
    while (!is_done() && taken < input.size()) {
      const std::string_view rest = std::string_view(input).substr(taken);
      // Beast 1.74 asserts that a last chunk that is the first, too, comes in one piece.
      if (is_header_done() && chunked() && rest[0] == '0' && rest.size() < 5) break;
      error_code error;
      const std::size_t step = put({rest.data(), rest.size()}, error);
      taken += step;
      if (error && error != http::error::need_more) fail(error);
      if (step == 0) break;
    }
    input.erase(0, taken);
  }

  [[noreturn]] static void fail(const error_code& error) {
    throw Error("read the daemon's answer: " + error.message());
  }

  // basic_parser
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int,
                       error_code&) override {}
  void on_response_impl(int code, beast::string_view, int, error_code&) override {
    head.status = code;
  }
  void on_field_impl(http::field field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    const std::string text(value.data(), value.size());
    if (field == http::field::warning) head.warnings.push_back(warning_text(text));
    head.headers.insert_or_assign(lowercase({name.data(), name.size()}), text);
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view text, error_code&) override {
    body.append(text.data(), text.size());
    return text.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view text, error_code&) override {
    body.append(text.data(), text.size());
    return text.size();
  }
  void on_finish_impl(error_code&) override {}

  bool is_header_done() const { return basic_parser<false>::is_header_done(); }

  AnswerHead head;
  std::string input, body;
};

AnswerParser::AnswerParser() : impl_(std::make_unique<Impl>()) {}
AnswerParser::AnswerParser(AnswerParser&&) noexcept = default;
AnswerParser& AnswerParser::operator=(AnswerParser&&) noexcept = default;
AnswerParser::~AnswerParser() = default;

void AnswerParser::feed(std::string_view bytes) { impl_->feed(bytes); }

void AnswerParser::end() {
  if (impl_->is_done()) return;
  if (!impl_->got_some()) throw Error("the daemon closed the connection without an answer");
  error_code error;
  impl_->put_eof(error);
  if (error) throw Error("the daemon's answer ended too early");
}

bool AnswerParser::has_head() const { return impl_->is_header_done(); }
bool AnswerParser::is_done() const { return impl_->is_done(); }
const AnswerHead& AnswerParser::head() const { return impl_->head; }
std::string AnswerParser::take_body() { return std::exchange(impl_->body, {}); }
std::string AnswerParser::take_leftover() { return std::exchange(impl_->input, {}); }

std::string warning_text(std::string_view header) {
  const auto open = header.find('"');
  if (open == std::string_view::npos) return std::string(header);
  std::string text;
  for (std::size_t at = open + 1; at < header.size() && header[at] != '"'; ++at) {
    if (header[at] == '\\' && at + 1 < header.size()) ++at;
    text += header[at];
  }
  return text;
}

}  // namespace podrun::client
