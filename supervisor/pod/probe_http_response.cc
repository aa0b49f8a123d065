#include "supervisor/pod/probe_http_response.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::pod {

namespace {

constexpr std::size_t kLineKept = 64u << 10;  // of a longer line, the rest is dropped
constexpr int kInformationalLimit = 5;        // net/http: max1xxResponses
constexpr std::size_t kChunkLineLimit = 4096;
constexpr std::size_t kTrailerLimit = 4096;
constexpr std::int64_t kChunkOverheadLimit = 16 << 10;

bool blank(char c) { return c == ' ' || c == '\t'; }
bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// A character of a header's name (RFC 9110, token).
bool token_character(char c) {
  return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool equal_fold(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + ('a' - 'A')) : x) == y;
  });
}

std::string quoted_list(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) {
    if (text.size() > 1) text += ' ';
    text += go_quote(value);
  }
  return text + "]";
}

/// "HTTP/1.1" and its like: one digit, a point, one digit.
bool http_version(std::string_view text, int& major, int& minor) {
  if (text.size() != 8 || text.substr(0, 5) != "HTTP/" || text[6] != '.') return false;
  if (!digit(text[5]) || !digit(text[7])) return false;
  major = text[5] - '0';
  minor = text[7] - '0';
  return true;
}

}  // namespace

void HttpResponseParser::fail(std::string error) {
  state_ = State::kFailed;
  error_ = std::move(error);
}

void HttpResponseParser::feed(std::string_view bytes) {
  while (!bytes.empty() && !finished()) {
    begun_ = true;
    if (state_ == State::kBody) {
      body(bytes);
    } else if (take_line(bytes)) {
      line_complete();
    }
  }
}

bool HttpResponseParser::take_line(std::string_view& bytes) {
  const auto feed_at = bytes.find('\n');
  const std::string_view part = bytes.substr(0, feed_at);
  const bool whole = feed_at != std::string_view::npos;
  bytes.remove_prefix(whole ? feed_at + 1 : bytes.size());
  if (state_ != State::kBody) {
    head_bytes_ += part.size() + (whole ? 1 : 0);
    if (head_bytes_ > kHeaderLimit) {
      fail("net/http: server response headers exceeded " + std::to_string(kHeaderLimit) +
           " bytes; aborted");
      return false;
    }
  }
  line_.append(part.substr(0, kLineKept - std::min(kLineKept, line_.size())));
  return whole;
}

void HttpResponseParser::line_complete() {
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  const std::string line = std::move(line_);
  line_.clear();
  if (state_ == State::kStatusLine) {
    status_line(line);
  } else {
    header_line(line);
  }
}

void HttpResponseParser::status_line(std::string_view line) {
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return fail("malformed HTTP response " + go_quote(line));
  std::string_view code = line.substr(space);
  while (!code.empty() && code.front() == ' ') code.remove_prefix(1);
  code = code.substr(0, code.find(' '));
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), digit))
    return fail("malformed HTTP status code " + go_quote(code));
  if (!http_version(line.substr(0, space), major_, minor_))
    return fail("malformed HTTP version " + go_quote(line.substr(0, space)));
  status_ = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  state_ = State::kHeaders;
  first_header_ = true;
  header_.clear();
  has_location_ = false;
  content_lengths_.clear();
  transfer_encodings_.clear();
}

void HttpResponseParser::header_line(std::string_view line) {
  const bool continues = !line.empty() && blank(line.front());
  if (continues && first_header_)
    return fail("malformed MIME header initial line: " + std::string(line));
  first_header_ = false;
  if (continues) {
    if (header_.size() < kLineKept) header_.append(" ").append(trim(line));
    return;
  }
  if (!header_.empty()) header(header_);
  header_.clear();
  if (state_ == State::kFailed) return;
  if (line.empty()) return head_ends();
  if (line.find(':') == std::string_view::npos)
    return fail("malformed MIME header: missing colon: " + go_quote(line));
  header_ = trim(line);
}

void HttpResponseParser::header(std::string_view line) {
  const auto colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  // A space in the name is let pass, but such a header is none of those that matter.
  const bool name_fits =
      std::all_of(name.begin(), name.end(), [](char c) { return c == ' ' || token_character(c); });
  const bool value_fits =
      std::all_of(value.begin(), value.end(), [](char c) { return c == '\t' || !control(c); });
  if (!name_fits || !value_fits) return fail("malformed MIME header line: " + std::string(line));
  if (equal_fold(name, "location") && !has_location_) {
    has_location_ = true;
    location_ = value;
  } else if (equal_fold(name, "content-length")) {
    content_lengths_.emplace_back(value);
  } else if (equal_fold(name, "transfer-encoding")) {
    transfer_encodings_.emplace_back(value);
  }
}

void HttpResponseParser::head_ends() {
  framing_ = Framing::kUntilEnd;
  // HTTP/1.0 has no transfer encodings: what a server says of them there is ignored.
  if (!transfer_encodings_.empty() && (major_ > 1 || (major_ == 1 && minor_ >= 1))) {
    if (transfer_encodings_.size() != 1)
      return fail("too many transfer encodings: " + quoted_list(transfer_encodings_));
    if (!equal_fold(transfer_encodings_[0], "chunked"))
      return fail("unsupported transfer encoding: " + go_quote(transfer_encodings_[0]));
    framing_ = Framing::kChunked;
  }
  if (!frame_by_length()) return;
  if (status_ >= 100 && status_ <= 199 && status_ != 101) {
    if (++informational_ > kInformationalLimit)
      return fail("net/http: too many 1xx informational responses");
    head_bytes_ = 0;
    state_ = State::kStatusLine;
    return;
  }
  const bool bodiless = status_ / 100 == 1 || status_ == 204 || status_ == 304;
  if (bodiless || (framing_ == Framing::kLength && left_ == 0)) framing_ = Framing::kNone;
  head_complete_ = true;
  state_ = framing_ == Framing::kNone ? State::kDone : State::kBody;
}

bool HttpResponseParser::frame_by_length() {
  if (content_lengths_.empty()) return true;
  for (const std::string& other : content_lengths_) {
    if (other == content_lengths_[0]) continue;
    fail("http: message cannot contain multiple Content-Length headers; got " +
         quoted_list(content_lengths_));
    return false;
  }
  if (framing_ == Framing::kChunked) return true;
  const std::string& text = content_lengths_[0];
  std::uint64_t value = 0;
  bool fits = !text.empty() && std::all_of(text.begin(), text.end(), digit);
  for (std::size_t i = 0; fits && i < text.size(); ++i) {
    fits = value <= (INT64_MAX - 9) / 10;
    value = value * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  if (!fits) {
    fail(text.empty() ? "invalid empty Content-Length" : "bad Content-Length " + go_quote(text));
    return false;
  }
  framing_ = Framing::kLength;
  left_ = value;
  return true;
}

void HttpResponseParser::keep_body(std::string_view bytes) {
  body_.append(bytes.substr(0, kBodyLimit - body_.size()));
  if (body_.size() >= kBodyLimit) state_ = State::kDone;
}

void HttpResponseParser::body(std::string_view& bytes) {
  if (framing_ == Framing::kChunked) return chunked(bytes);
  std::string_view part = bytes;
  if (framing_ == Framing::kLength) {
    part = part.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), left_)));
    left_ -= part.size();
  }
  bytes.remove_prefix(part.size());
  keep_body(part);
  if (framing_ == Framing::kLength && left_ == 0) state_ = State::kDone;
}

void HttpResponseParser::chunked(std::string_view& bytes) {
  switch (chunk_) {
    case Chunk::kSize: {
      const bool whole = take_line(bytes);
      if (line_.size() + 1 >= kChunkLineLimit) return fail("header line too long");
      if (!whole) return;
      const std::string line = std::move(line_);
      line_.clear();
      return chunk_size(line);
    }
    case Chunk::kData: {
      const auto part = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
      left_ -= part.size();
      bytes.remove_prefix(part.size());
      keep_body(part);
      if (left_ == 0) chunk_ = Chunk::kDataEnd;
      return;
    }
    case Chunk::kDataEnd:
      line_ += bytes.front();
      bytes.remove_prefix(1);
      if (line_.size() < 2) return;
      if (line_ != "\r\n") return fail("malformed chunked encoding");
      line_.clear();
      chunk_ = Chunk::kSize;
      return;
    case Chunk::kTrailer:
      return chunk_trailer(bytes);
  }
}

void HttpResponseParser::chunk_size(std::string_view line) {
  const std::size_t length = line.size() + 1;
  while (!line.empty() && (blank(line.back()) || line.back() == '\r')) line.remove_suffix(1);
  line = line.substr(0, line.find(';'));
  if (line.empty()) return fail("empty hex number for chunk length");
  left_ = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const int value = digit(c)               ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (value < 0) return fail("invalid byte in chunk length");
    if (i == 16) return fail("http chunk length too large");
    left_ = left_ << 4 | static_cast<std::uint64_t>(value);
  }
  // A flood of tiny chunks with long extensions: what exceeds 16 bytes and twice the data counts.
  overhead_ += static_cast<std::int64_t>(length + 2);
  overhead_ -= 16 + 2 * static_cast<std::int64_t>(std::min<std::uint64_t>(left_, 1u << 30));
  overhead_ = std::max<std::int64_t>(overhead_, 0);
  if (overhead_ > kChunkOverheadLimit) return fail("chunked encoding contains too much non-data");
  chunk_ = left_ == 0 ? Chunk::kTrailer : Chunk::kData;
}

void HttpResponseParser::chunk_trailer(std::string_view& bytes) {
  line_ += bytes.front();
  bytes.remove_prefix(1);
  if (line_ == "\r\n" || line_.ends_with("\r\n\r\n")) {
    state_ = State::kDone;
  } else if (line_.size() >= kTrailerLimit) {
    fail("http: suspiciously long trailer after chunked body");
  }
}

void HttpResponseParser::end(std::string_view error) {
  if (finished()) return;
  const std::string reason(error.empty() ? "unexpected EOF" : error);
  if (state_ == State::kBody) {
    if (framing_ == Framing::kUntilEnd && error.empty()) {
      state_ = State::kDone;
    } else if (framing_ == Framing::kChunked && chunk_ == Chunk::kTrailer && error.empty()) {
      fail("http: unexpected EOF reading trailer");
    } else {
      fail(reason);
    }
    return;
  }
  if (!line_.empty()) line_complete();  // the last line needs no line feed
  if (!finished()) fail(reason);
}

}  // namespace podrun::pod
