#include <gtest/gtest.h>

#include "scripted_server.h"
#include "supervisor/pod/net_probe.h"
#include "supervisor/pod/probe_grpc_call.h"
#include "supervisor/pod/probe_hpack.h"

namespace podrun::pod {
namespace {

using test::Peer;
using test::ScriptedServer;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

std::string from_hex(std::string_view hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    text += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return text;
}

using Fields = std::vector<HpackField>;

// RFC 7541, C.4 and C.6: one connection each, with Huffman coding and the dynamic table.
TEST(Hpack, ReadsTheRequestsOfTheStandard) {
  HpackDecoder decoder;
  EXPECT_EQ(decoder.decode(from_hex("828684418cf1e3c2e5f23a6ba0ab90f4ff")),
            (Fields{{":method", "GET"},
                    {":scheme", "http"},
                    {":path", "/"},
                    {":authority", "www.example.com"}}));
  EXPECT_EQ(decoder.decode(from_hex("828684be5886a8eb10649cbf")),
            (Fields{{":method", "GET"},
                    {":scheme", "http"},
                    {":path", "/"},
                    {":authority", "www.example.com"},
                    {"cache-control", "no-cache"}}));
  EXPECT_EQ(decoder.decode(from_hex("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")),
            (Fields{{":method", "GET"},
                    {":scheme", "https"},
                    {":path", "/index.html"},
                    {":authority", "www.example.com"},
                    {"custom-key", "custom-value"}}));
}

TEST(Hpack, ReadsTheLiteralsOfTheStandard) {
  HpackDecoder decoder;
  EXPECT_EQ(
      decoder.decode(
          from_hex("400a637573746f6d2d6b65790d637573746f6d2d686561646572040c2f73616d706c652f"
                   "70617468100870617373776f726406736563726574")),
      (Fields{{"custom-key", "custom-header"}, {":path", "/sample/path"}, {"password", "secret"}}));
}

TEST(Hpack, RefusesWhatIsBroken) {
  for (const std::string& block :
       {bytes({0x80}), bytes({0xff}), bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
        bytes({0xbe}), bytes({0x00}), bytes({0x00, 0x05, 'a'}), bytes({0x40, 0x01, 'a'}),
        bytes({0x3f, 0xff, 0xff, 0x03}), bytes({0x00, 0x81, 0x00, 0x00}),
        bytes({0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00})})
    EXPECT_FALSE(HpackDecoder().decode(block));
  EXPECT_EQ(HpackDecoder().decode(bytes({0x20})), Fields{}) << "a table of size 0 is fine";
  EXPECT_FALSE(HpackDecoder().decode(std::string(3000, '\x82'))) << "more than the limit";
}

TEST(Hpack, LiteralsAreReadBack) {
  std::string block;
  const std::string long_value(1000, 'v');
  hpack_append_literal(block, "name", "value");
  hpack_append_literal(block, "x", long_value);
  hpack_append_literal(block, "y", "");
  EXPECT_EQ(HpackDecoder().decode(block),
            (Fields{{"name", "value"}, {"x", long_value}, {"y", ""}}));
}

// ---- a server made of frames

std::string frame(int type, int flags, int stream, const std::string& payload) {
  const auto size = static_cast<int>(payload.size());
  return bytes({size >> 16, size >> 8 & 255, size & 255, type, flags, 0, 0, 0, stream}) + payload;
}
const std::string kSettings = frame(4, 0, 0, "");
std::string headers(const Fields& fields, bool end_stream) {
  std::string block;
  for (const HpackField& field : fields) hpack_append_literal(block, field.name, field.value);
  return frame(1, end_stream ? 5 : 4, 1, block);
}
const Fields kOkFields = {{":status", "200"}, {"content-type", "application/grpc"}};
const std::string kHead = headers(kOkFields, false);
std::string status(int code, const std::string& message = "") {
  Fields fields = {{"grpc-status", std::to_string(code)}};
  if (!message.empty()) fields.push_back({"grpc-message", message});
  return headers(fields, true);
}
std::string only_trailers(int code, const std::string& message) {
  Fields fields = kOkFields;
  fields.push_back({"grpc-status", std::to_string(code)});
  fields.push_back({"grpc-message", message});
  return headers(fields, true);
}
std::string message(const std::string& protobuf) {
  return frame(0, 0, 1, bytes({0, 0, 0, 0, static_cast<int>(protobuf.size())}) + protobuf);
}
std::string health(int value) { return message(bytes({8, value})); }

struct Row {
  const char* name;
  std::string answer;  // behind SETTINGS, once the call has come
  NetProbeResult expected;
};

std::vector<Row> rows() {
  const auto failure = [](std::string text) {
    return NetProbeResult{NetProbeResult::kFailure, std::move(text)};
  };
  const NetProbeResult success{NetProbeResult::kSuccess, ""};
  const std::string rpc = "error: health rpc probe failed: rpc error: code = ";
  const std::string none =
      "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ";
  const std::string block = kHead.substr(9);
  return {
      {"serving", kHead + health(1) + status(0), success},
      {"not serving", kHead + health(2) + status(0),
       failure("service unhealthy (responded with \"NOT_SERVING\")")},
      {"unknown", kHead + message("") + status(0),
       failure("service unhealthy (responded with \"UNKNOWN\")")},
      {"no such value", kHead + health(9) + status(0),
       failure("service unhealthy (responded with \"9\")")},
      {"other fields", kHead + message(bytes({0x12, 2, 'a', 'b', 8, 1})) + status(0), success},
      {"padded and in two frames",
       kHead + frame(0, 8, 1, bytes({3, 0, 0, 0, 0, 0, 0, 0})) + frame(0, 0, 1, bytes({2, 8, 1})) +
           status(0),
       success},
      {"ping, settings and window update between",
       kHead + frame(6, 0, 0, "12345678") + kSettings + frame(8, 0, 0, bytes({0, 0, 0, 9})) +
           health(1) + frame(99, 7, 3, "x") + status(0),
       success},
      {"headers in three frames",
       frame(1, 0, 1, block.substr(0, 3)) + frame(9, 0, 1, block.substr(3, 4)) +
           frame(9, 4, 1, block.substr(7)) + health(1) + status(0),
       success},
      {"unimplemented", only_trailers(12, "unknown service grpc.health.v1.Health"),
       failure(none + "unknown service grpc.health.v1.Health")},
      {"not found", only_trailers(5, "unknown%20service"),
       failure(rpc + "NotFound desc = unknown service")},
      {"deadline of the server", only_trailers(4, "too late"),
       failure("timeout: health rpc did not complete within 20s")},
      {"odd code", kHead + status(99, "x"), failure(rpc + "Code(99) desc = x")},
      {"no status", kHead + health(1) + headers({}, true), failure(rpc + "Unknown desc = ")},
      {"bad status", kHead + headers({{"grpc-status", "x"}}, true),
       failure(rpc + "Unknown desc = malformed grpc-status: x")},
      {"no message", kHead + status(0), failure("error: health rpc probe failed: EOF")},
      {"no trailers", kHead + health(1) + frame(0, 1, 1, ""),
       failure(rpc + "Internal desc = server closed the stream without sending trailers")},
      {"http 404", headers({{":status", "404"}, {"content-type", "text/plain"}}, true),
       failure(none + "unexpected HTTP status code received from server: 404 (Not Found); "
                      "transport: received unexpected content-type \"text/plain\"")},
      {"http 503", headers({{":status", "503"}}, false),
       failure(rpc + "Unavailable desc = unexpected HTTP status code received from server: 503 "
                     "(Service Unavailable); malformed header: missing HTTP content-type")},
      {"reset", frame(3, 0, 1, bytes({0, 0, 0, 1})),
       failure(rpc + "Internal desc = stream terminated by RST_STREAM with error code: "
                     "PROTOCOL_ERROR")},
      {"compressed", kHead + frame(0, 0, 1, bytes({1, 0, 0, 0, 0})) + status(0),
       failure(rpc + "Internal desc = grpc: compressed flag set with identity or empty encoding")},
      {"giant message", kHead + frame(0, 0, 1, bytes({0, 0x7f, 0, 0, 0})),
       failure(rpc + "ResourceExhausted desc = grpc: received message larger than max (2130706432 "
                     "vs. 4194304)")},
      {"bad hpack", frame(1, 4, 1, bytes({0x80})),
       failure(rpc + "Unavailable desc = error reading from server: connection error: "
                     "COMPRESSION_ERROR")},
      {"gone", kHead, failure(rpc + "Unavailable desc = error reading from server: EOF")},
      {"graceful goaway",
       frame(7, 0, 0, bytes({0x7f, 255, 255, 255, 0, 0, 0, 0})) + kHead + health(1) + status(0),
       success},
  };
}

NetProbeRequest grpc_request(int port) {
  NetProbeRequest request;
  request.kind = NetProbeKind::kGrpc;
  request.port = port;
  request.timeout = Seconds(20);
  return request;
}

TEST(GrpcProbe, AnswersBecomeResults) {
  for (const Row& row : rows()) {
    for (const bool slowly : {false, true}) {
      ScriptedServer server({[&](Peer& peer) {
        peer.read_until("SM\r\n\r\n");
        peer.send(kSettings);
        peer.read_until("grpc-timeout");
        if (!slowly) peer.send(row.answer);
        for (const char& c : slowly ? row.answer : std::string())
          if (!peer.send({&c, 1})) return;
        if (std::string_view(row.name) != "gone") return peer.wait_for_end();
        ::shutdown(peer.fd(), SHUT_WR);
        peer.wait_for_end();
      }});
      const NetProbeResult result = make_net_probe(grpc_request(server.port()));
      EXPECT_EQ(result, row.expected) << row.name << ": " << result.message;
    }
  }
}

TEST(GrpcProbe, SendsOneCall) {
  GrpcHealthCall call("10.0.0.1:99", "some.Service");
  const std::string preface = call.take_output();
  EXPECT_TRUE(preface.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  EXPECT_EQ(call.state(), GrpcHealthCall::State::kConnecting);
  call.feed(kSettings, Seconds(1));
  EXPECT_EQ(call.state(), GrpcHealthCall::State::kCalling);
  const std::string output = call.take_output();
  ASSERT_EQ(output.substr(0, 9), frame(4, 1, 0, "")) << "SETTINGS acknowledged";
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(output[10]) * 256 +
                                               static_cast<unsigned char>(output[11]));
  EXPECT_EQ(HpackDecoder().decode(output.substr(18, length)),
            (Fields{{":method", "POST"},
                    {":scheme", "http"},
                    {":path", "/grpc.health.v1.Health/Check"},
                    {":authority", "10.0.0.1:99"},
                    {"content-type", "application/grpc"},
                    {"user-agent", "kube-probe/1.31"},
                    {"te", "trailers"},
                    {"grpc-timeout", "1000000u"}}));
  EXPECT_EQ(output.substr(18 + length),
            frame(0, 1, 1, bytes({0, 0, 0, 0, 14, 10, 12}) + "some.Service"));
}

TEST(GrpcProbe, RepaysTheWindow) {
  GrpcHealthCall call("a", "");
  call.feed(kSettings + kHead, Seconds(1));
  call.take_output();
  call.feed(frame(0, 0, 1, bytes({0, 0, 1, 0, 0})), Seconds(1));
  EXPECT_EQ(call.take_output(),
            frame(8, 0, 0, bytes({0, 0, 0, 5})) + frame(8, 0, 1, bytes({0, 0, 0, 5})));
}

TEST(GrpcProbe, GoawayBeforeTheCallMeansAnotherConnection) {
  GrpcHealthCall call("a", "");
  call.feed(kSettings + frame(7, 0, 0, bytes({0, 0, 0, 0, 0, 0, 0, 0})), Seconds(1));
  EXPECT_EQ(call.state(), GrpcHealthCall::State::kUnused);
}

TEST(GrpcProbe, ServersThatSpeakNoHttp2TimeOut) {
  const std::vector<ScriptedServer::Script> scripts = {
      [](Peer& peer) { peer.wait_for_end(); },
      [](Peer& peer) {
        peer.read_until("SM");
        peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
      },
      [](Peer& peer) { peer.reset(); },
  };
  for (const auto& script : scripts) {
    ScriptedServer server({script});
    NetProbeRequest request = grpc_request(server.port());
    request.timeout = std::chrono::milliseconds(100);
    const NetProbeResult expected{NetProbeResult::kFailure,
                                  "timeout: failed to connect service \"" + server.authority() +
                                      "\" within 100ms: context deadline exceeded"};
    EXPECT_EQ(make_net_probe(request), expected);
  }
}

TEST(GrpcProbe, CallThatIsNotAnsweredTimesOut) {
  ScriptedServer server({[](Peer& peer) {
    peer.send(kSettings);
    peer.wait_for_end();
  }});
  NetProbeRequest request = grpc_request(server.port());
  request.timeout = std::chrono::milliseconds(50);
  EXPECT_EQ(make_net_probe(request).message, "timeout: health rpc did not complete within 50ms");
  EXPECT_EQ(make_net_probe(request).message.substr(0, 26), "timeout: failed to connect");
  EXPECT_EQ(timeout_message(request), "timeout: health rpc did not complete within 50ms");
}

}  // namespace
}  // namespace podrun::pod
