#include <gtest/gtest.h>

#include <string>

#include "supervisor/api/api_error.h"
#include "supervisor/api/server/websocket.h"
#include "tests/support/websocket_client.h"

namespace podrun::api {
namespace {

using test::client_frame;

Request handshake() {
  Request request;
  request.headers = {{"connection", "keep-alive, Upgrade"},
                     {"upgrade", "websocket"},
                     {"sec-websocket-version", "13"},
                     {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"sec-websocket-protocol", "v4.channel.k8s.io, v5.channel.k8s.io"}};
  return request;
}

int refusal_of(const Request& request) {
  try {
    (void)websocket_answer(request, {"v5.channel.k8s.io"});
  } catch (const ApiError& error) {
    return error.code();
  }
  return 0;
}

TEST(WebSocketHandshake, AnswersWithTheServersFirstChoice) {
  const Response response = websocket_answer(handshake(), {"v5.channel.k8s.io", "x"});
  EXPECT_EQ(response.status, 101);
  const std::vector<std::pair<std::string, std::string>> wanted{
      {"Upgrade", "websocket"},
      {"Connection", "Upgrade"},
      {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},  // RFC 6455 section 1.3
      {"Sec-WebSocket-Protocol", "v5.channel.k8s.io"}};
  EXPECT_EQ(response.headers, wanted);
}

TEST(WebSocketHandshake, RefusesWhatIsNone) {
  EXPECT_EQ(refusal_of(handshake()), 0);
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"connection", "close"},
           {"upgrade", "SPDY/3.1"},
           {"sec-websocket-version", "8"},
           {"sec-websocket-key", "short"},
           {"sec-websocket-protocol", "v4.channel.k8s.io"}}) {
    Request request = handshake();
    request.headers[name] = value;
    EXPECT_EQ(refusal_of(request), 400) << name;
  }
}

TEST(WebSocketFrame, HasThreeFormsOfSize) {
  EXPECT_EQ(websocket_frame(Opcode::kBinary, "ab"),
            "\x82\x02"
            "ab");
  EXPECT_EQ(websocket_frame(Opcode::kBinary, std::string(300, 'x')).substr(0, 4),
            std::string("\x82\x7e\x01\x2c", 4));
  EXPECT_EQ(websocket_frame(Opcode::kBinary, std::string(65536, 'x')).substr(0, 10),
            std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10));
  EXPECT_EQ(websocket_close(1000), std::string("\x88\x02\x03\xe8", 4));
}

TEST(WebSocketDecoder, TakesFramesByteByByte) {
  WebSocketDecoder decoder(1000);
  const std::string bytes = client_frame(0x82, "hello") + client_frame(0x82, std::string(300, 'y'));
  std::vector<std::string> seen;
  for (const char c : bytes) {
    decoder.feed({&c, 1});
    while (const auto message = decoder.next()) seen.push_back(message->payload);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"hello", std::string(300, 'y')}));
  EXPECT_EQ(decoder.failure(), 0);
}

TEST(WebSocketDecoder, JoinsFragmentsAroundAPing) {
  WebSocketDecoder decoder(1000);
  decoder.feed(client_frame(0x02, "one ") + client_frame(0x89, "are you there") +
               client_frame(0x00, "two ") + client_frame(0x80, "three"));
  const auto ping = decoder.next();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, Opcode::kPing);
  EXPECT_EQ(ping->payload, "are you there");
  const auto message = decoder.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->opcode, Opcode::kBinary);
  EXPECT_EQ(message->payload, "one two three");
  EXPECT_FALSE(decoder.next());
}

std::uint16_t failure_of(const std::string& bytes) {
  WebSocketDecoder decoder(1000);
  decoder.feed(bytes);
  while (decoder.next()) {
  }
  return decoder.failure();
}

TEST(WebSocketDecoder, ClosesOnABrokenProtocol) {
  EXPECT_EQ(failure_of(websocket_frame(Opcode::kBinary, "unmasked")), 1002);
  EXPECT_EQ(failure_of(client_frame(0xc2, "reserved bit")), 1002);
  EXPECT_EQ(failure_of(client_frame(0x83, "unknown opcode")), 1002);
  EXPECT_EQ(failure_of(client_frame(0x09, "fragmented ping")), 1002);
  EXPECT_EQ(failure_of(client_frame(0x89, std::string(126, 'p'))), 1002);
  EXPECT_EQ(failure_of(client_frame(0x80, "continues nothing")), 1002);
  EXPECT_EQ(failure_of(client_frame(0x02, "a") + client_frame(0x82, "b")), 1002);
}

TEST(WebSocketDecoder, RefusesWhatIsTooBigByItsHead) {
  EXPECT_EQ(failure_of(client_frame(0x82, std::string(1000, 'x'))), 0);
  EXPECT_EQ(failure_of(client_frame(0x82, std::string(1001, 'x')).substr(0, 4)), 1009);
  EXPECT_EQ(failure_of("\x82\xff" + std::string(8, '\xff')), 1009);
  EXPECT_EQ(failure_of(client_frame(0x02, std::string(900, 'x')) +
                       client_frame(0x80, std::string(101, 'x'))),
            1009);
}

}  // namespace
}  // namespace podrun::api
