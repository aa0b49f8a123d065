#include "supervisor/api/server/spdy.h"

#include <zlib.h>

#include <array>
#include <utility>

#include "base/error.h"

namespace podrun::api {

struct SpdyZlib {
  z_stream stream{};
  bool inflates = false;
};

void SpdyZlibDeleter::operator()(SpdyZlib* zlib) const {
  if (zlib->inflates) {
    inflateEnd(&zlib->stream);
  } else {
    deflateEnd(&zlib->stream);
  }
  delete zlib;
}

namespace {

constexpr std::size_t kHead = 8;
constexpr std::uint8_t kFinal = 1;
enum ControlType : std::uint16_t { kSynStream = 1, kSynReply = 2, kRstStream = 3, kPing = 6 };
constexpr std::uint32_t kControlBit = 0x80000000;
constexpr std::uint32_t kVersion = 3;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return value;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string head(std::uint32_t first, std::uint8_t flags, std::size_t size) {
  return big_endian(first) +
         big_endian(static_cast<std::uint32_t>(flags) << 24 | static_cast<std::uint32_t>(size));
}

std::string control_frame(ControlType type, const std::string& body) {
  return head(kControlBit | kVersion << 16 | type, 0, body.size()) + body;
}

Bytef* bytes_of(std::string_view text) {
  // zlib's interface is older than const.
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

/// A length and that many bytes; nothing where they are not there.
std::optional<std::string_view> take_text(std::string_view& text) {
  if (text.size() < 4) return {};
  const std::size_t size = number(text, 0, 4);
  if (size > text.size() - 4) return {};
  const std::string_view found = text.substr(4, size);
  text.remove_prefix(4 + size);
  return found;
}

/// One header block, decompressed; nothing where it is malformed or longer than `limit`.
std::optional<std::string> inflated(z_stream& stream, std::string_view block, std::size_t limit) {
  std::string text;
  std::array<char, 4096> buffer;
  stream.next_in = bytes_of(block);
  stream.avail_in = static_cast<uInt>(block.size());
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    const int result = inflate(&stream, Z_SYNC_FLUSH);
    text.append(buffer.data(), buffer.size() - stream.avail_out);
    if (text.size() > limit) return {};
    if (result == Z_NEED_DICT) {
      const std::string& words = spdy_dictionary();
      if (inflateSetDictionary(&stream, bytes_of(words), static_cast<uInt>(words.size())) != Z_OK)
        return {};
      continue;
    }
    if (result != Z_OK && result != Z_BUF_ERROR) return {};
    if (stream.avail_out > 0) break;
  }
  if (stream.avail_in > 0) return {};
  return text;
}

}  // namespace

const std::string& spdy_dictionary() {
  static const std::string dictionary = [] {
    std::string text;
    for (const std::string_view word : {"options",
                                        "head",
                                        "post",
                                        "put",
                                        "delete",
                                        "trace",
                                        "accept",
                                        "accept-charset",
                                        "accept-encoding",
                                        "accept-language",
                                        "accept-ranges",
                                        "age",
                                        "allow",
                                        "authorization",
                                        "cache-control",
                                        "connection",
                                        "content-base",
                                        "content-encoding",
                                        "content-language",
                                        "content-length",
                                        "content-location",
                                        "content-md5",
                                        "content-range",
                                        "content-type",
                                        "date",
                                        "etag",
                                        "expect",
                                        "expires",
                                        "from",
                                        "host",
                                        "if-match",
                                        "if-modified-since",
                                        "if-none-match",
                                        "if-range",
                                        "if-unmodified-since",
                                        "last-modified",
                                        "location",
                                        "max-forwards",
                                        "pragma",
                                        "proxy-authenticate",
                                        "proxy-authorization",
                                        "range",
                                        "referer",
                                        "retry-after",
                                        "server",
                                        "te",
                                        "trailer",
                                        "transfer-encoding",
                                        "upgrade",
                                        "user-agent",
                                        "vary",
                                        "via",
                                        "warning",
                                        "www-authenticate",
                                        "method",
                                        "get",
                                        "status",
                                        "200 OK",
                                        "version",
                                        "HTTP/1.1",
                                        "url",
                                        "public",
                                        "set-cookie",
                                        "keep-alive",
                                        "origin"}) {
      text += big_endian(static_cast<std::uint32_t>(word.size()));
      text += word;
    }
    return text +
           "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504"
           "505203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request"
           "401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented"
           "503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, "
           "Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,"
           "application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age="
           "gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
  }();
  return dictionary;
}

SpdyDecoder::SpdyDecoder(std::size_t limit) : limit_(limit), zlib_(new SpdyZlib) {
  zlib_->inflates = true;
  if (inflateInit(&zlib_->stream) != Z_OK) throw Error("set up zlib for SPDY");
}

void SpdyDecoder::feed(std::string_view bytes) {
  if (failed_) return;
  input_.erase(0, std::exchange(taken_, 0));
  input_.append(bytes);
}

std::optional<SpdyFrame> SpdyDecoder::next() {
  while (!failed_) {
    const std::string_view rest = std::string_view(input_).substr(taken_);
    if (rest.size() < kHead) return {};
    const std::uint32_t first = number(rest, 0, 4);
    const bool final = (static_cast<std::uint8_t>(rest[4]) & kFinal) != 0;
    const std::size_t size = number(rest, 5, 3);
    if (size > limit_) return fail();
    if (rest.size() < kHead + size) return {};
    const std::string_view body = rest.substr(kHead, size);
    taken_ += kHead + size;
    if ((first & kControlBit) == 0) {
      return SpdyFrame{SpdyFrame::Kind::kData, first, final, std::string(body), {}};
    }
    if ((first >> 16 & 0x7fff) != kVersion) return fail();
    if (auto frame = control(static_cast<std::uint16_t>(first & 0xffff), final, body)) return frame;
  }
  return {};
}

/// Nothing for what has no meaning here (SETTINGS, WINDOW_UPDATE, GOAWAY).
std::optional<SpdyFrame> SpdyDecoder::control(std::uint16_t type, bool final,
                                              std::string_view body) {
  if (type != kSynStream && type != kRstStream && type != kPing) return {};
  // Before a SYN_STREAM's headers: the stream, an associated one, priority and slot.
  const std::size_t least = type == kSynStream ? 10 : type == kRstStream ? 8 : 4;
  if (body.size() < least) return fail();
  SpdyFrame frame;
  frame.id = number(body, 0, 4);
  if (type == kPing) {
    frame.kind = SpdyFrame::Kind::kPing;
    return frame;
  }
  frame.id &= ~kControlBit;
  frame.final = final;
  frame.kind = type == kSynStream ? SpdyFrame::Kind::kStream : SpdyFrame::Kind::kReset;
  if (type == kSynStream && !read_headers(body.substr(least), frame)) return fail();
  return frame;
}

bool SpdyDecoder::read_headers(std::string_view block, SpdyFrame& frame) {
  const auto text = inflated(zlib_->stream, block, limit_);
  if (!text || text->size() < 4) return false;
  std::string_view rest = std::string_view(*text).substr(4);
  for (std::uint32_t count = number(*text, 0, 4); count > 0; --count) {
    const auto name = take_text(rest);
    if (!name) return false;
    const auto value = take_text(rest);
    if (!value) return false;
    frame.headers.emplace(*name, *value);
  }
  return true;
}

std::optional<SpdyFrame> SpdyDecoder::fail() {
  failed_ = true;
  input_.clear();
  taken_ = 0;
  return {};
}

SpdyEncoder::SpdyEncoder() : zlib_(new SpdyZlib) {
  const std::string& words = spdy_dictionary();
  if (deflateInit(&zlib_->stream, Z_DEFAULT_COMPRESSION) != Z_OK ||
      deflateSetDictionary(&zlib_->stream, bytes_of(words), static_cast<uInt>(words.size())) !=
          Z_OK) {
    throw Error("set up zlib for SPDY");
  }
}

std::string SpdyEncoder::reply(std::uint32_t stream) {
  const std::string none = big_endian(0);  // no headers
  std::array<char, 128> block;
  z_stream& zlib = zlib_->stream;
  zlib.next_in = bytes_of(none);
  zlib.avail_in = static_cast<uInt>(none.size());
  zlib.next_out = reinterpret_cast<Bytef*>(block.data());
  zlib.avail_out = block.size();
  if (deflate(&zlib, Z_SYNC_FLUSH) != Z_OK || zlib.avail_out == 0) {
    throw Error("compress a SPDY header block");
  }
  return control_frame(
      kSynReply, big_endian(stream) + std::string(block.data(), block.size() - zlib.avail_out));
}

std::string SpdyEncoder::data(std::uint32_t stream, std::string_view bytes, bool final) {
  return head(stream, final ? kFinal : 0, bytes.size()).append(bytes);
}

std::string SpdyEncoder::ping(std::uint32_t id) { return control_frame(kPing, big_endian(id)); }

}  // namespace podrun::api
