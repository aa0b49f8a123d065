#include "supervisor/api/server/websocket.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kTooBig = 1009;
constexpr std::size_t kMaskSize = 4;
constexpr std::size_t kMaxControl = 125;  // RFC 6455 section 5.5

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

/// The words of a header that is a list.
std::vector<std::string_view> words(std::string_view header) {
  std::vector<std::string_view> found;
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    const std::string_view word = trimmed(header.substr(0, comma), " \t");
    if (!word.empty()) found.push_back(word);
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return found;
}

bool has_word(std::string_view header, std::string_view wanted) {
  for (const std::string_view word : words(header)) {
    if (word == wanted) return true;
  }
  return false;
}

}  // namespace

bool is_websocket(const Request& request) {
  return has_word(lowercase(request.header("connection")), "upgrade") &&
         lowercase(request.header("upgrade")) == "websocket";
}

std::string websocket_accept(std::string_view key) {
  // The GUID of RFC 6455 section 1.3.
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

Response websocket_answer(const Request& request, const std::vector<std::string_view>& protocols) {
  if (!is_websocket(request)) throw bad_request("no WebSocket handshake");
  if (request.header("sec-websocket-version") != "13") {
    throw bad_request("Sec-WebSocket-Version: must be 13");
  }
  const std::string_view key = request.header("sec-websocket-key");
  // 16 bytes in base64.
  if (key.size() != 24) throw bad_request("Sec-WebSocket-Key: must be 16 bytes in base64");
  const std::string_view offered = request.header("sec-websocket-protocol");
  const auto chosen =
      std::find_if(protocols.begin(), protocols.end(),
                   [&](std::string_view protocol) { return has_word(offered, protocol); });
  if (chosen == protocols.end()) {
    throw bad_request("unable to upgrade: unsupported WebSocket protocols \"" +
                      std::string(offered) + "\"");
  }
  Response response;
  response.status = 101;
  response.headers = {{"Upgrade", "websocket"},
                      {"Connection", "Upgrade"},
                      {"Sec-WebSocket-Accept", websocket_accept(key)},
                      {"Sec-WebSocket-Protocol", std::string(*chosen)}};
  return response;
}

std::string websocket_frame(Opcode opcode, std::string_view payload) {
  return websocket_head(opcode, payload.size(), /*masked=*/false).append(payload);
}

std::string websocket_close(std::uint16_t code) {
  return websocket_frame(Opcode::kClose,
                         std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)});
}

void WebSocketDecoder::feed(std::string_view bytes) {
  if (failure_ != 0) return;
  input_.erase(0, std::exchange(taken_, 0));
  input_.append(bytes);
}

std::optional<WebSocketDecoder::Message> WebSocketDecoder::next() {
  while (failure_ == 0) {
    const auto found = head();
    if (!found || rest().size() < found->length + found->size) return {};
    if (auto message = take(*found)) return message;
  }
  return {};
}

std::optional<WebSocketDecoder::Head> WebSocketDecoder::head() {
  const std::string_view bytes = rest();
  if (bytes.size() < 2) return {};
  const std::uint8_t first = byte_at(bytes, 0);
  const std::uint8_t second = byte_at(bytes, 1);
  // No extension was agreed on; clients must mask.
  if ((first & 0x70) != 0 || !is_known(first & 0x0f) || (second & 0x80) == 0) {
    return fail(kProtocolError);
  }
  Head head{(first & 0x80) != 0, static_cast<Opcode>(first & 0x0f), second & 0x7fu, 2};
  if (is_control(head.opcode) && (!head.final || head.size > kMaxControl)) {
    return fail(kProtocolError);
  }
  if (head.size >= 126) {
    const std::size_t size_bytes = head.size == 126 ? 2 : 8;
    head.length += size_bytes;
    if (bytes.size() < head.length) return {};
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < size_bytes; ++i) size = size << 8 | byte_at(bytes, 2 + i);
    if (size > limit_) return fail(kTooBig);
    head.size = size;
  }
  head.length += kMaskSize;
  if (is_control(head.opcode)) return head;
  if ((head.opcode == Opcode::kContinuation) != partial_.has_value()) return fail(kProtocolError);
  const std::size_t before = partial_ ? partial_->payload.size() : 0;
  if (head.size > limit_ - before) return fail(kTooBig);
  return head;
}

/// A whole frame: a message, or nothing where more fragments follow.
std::optional<WebSocketDecoder::Message> WebSocketDecoder::take(const Head& head) {
  std::string payload = unmasked(head);
  taken_ += head.length + head.size;
  if (is_control(head.opcode)) return Message{head.opcode, std::move(payload)};
  if (partial_) {
    partial_->payload += payload;
  } else {
    partial_ = Message{head.opcode, std::move(payload)};
  }
  if (!head.final) return {};
  return std::exchange(partial_, std::nullopt);
}

std::string WebSocketDecoder::unmasked(const Head& head) {
  const std::string_view mask = rest().substr(head.length - kMaskSize, kMaskSize);
  std::string payload(rest().substr(head.length, head.size));
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ mask[i % kMaskSize]);
  }
  return payload;
}

std::nullopt_t WebSocketDecoder::fail(std::uint16_t code) {
  failure_ = code;
  input_.clear();
  taken_ = 0;
  return std::nullopt;
}

}  // namespace podrun::api
